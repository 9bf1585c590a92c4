"""Numbers that a model or a formula may hold, each with its reason: calendar, mathematics, scales, names of columns.

Here: what is allowed against `no_policy_number_in_a_model`. Not here: exceptions from any other law (allowances.py).
"""

from __future__ import annotations

from laws.allowance import Allowance

_NUMBER = "no_policy_number_in_a_model"
_LAG = "models/marts/lag"
_CORE = "models/marts/core"
_VISIBILITY = "models/marts/visibility"
_GOVERNANCE = "models/marts/governance/intermediate"
_UNIFIED = "models/staging/unified"
_NORMAL = "macros/kpi/normal.sql"
_LEAD_LAG = "macros/kpi/lead_lag.sql"
_CADENCE = "macros/kpi/count_cadence.sql"
_SERVICE = "macros/kpi/service_level.sql"
_OUTCOME = "models/marts/service"
_COUNTS = "macros/kpi/count_accuracy.sql"
_STORAGE = "macros/kpi/storage.sql"
_SLOTTING = "macros/kpi/slotting.sql"
_PHANTOM = "macros/kpi/phantom.sql"
_LEAD = "models/marts/lead"
_LEADING = "models/marts/service/kpi_primary_lag_indicator.sql"

NUMBERS: tuple[Allowance, ...] = (
    # The hidden state of a record: three points of a Gauss-Hermite rule, their weights, and where e to a power is nil.
    *(
        Allowance(_NUMBER, _PHANTOM, text, reason)
        for text, reason in (
            ("sqrt(3 * (pow(", "points of the rule of three"),
            ("('0 * ', 4)", "weights of the rule of three"),
            ("onset_days ~ ', 100)", "e to more is nil in any float that counts"),
            ("days ~ ', 100))'", "e to more is nil in any float that counts"),
            ("pow(1 - exp(-' ~ x ~ '), -1)', 6", "scale of the result"),
            ("sums.there ~ ')', 6)", "scale of the result"),
            ("', 0) as double))', 6", "scale of the result"),
            ("' as double))', 8", "scale of the result"),
        )
    ),
    Allowance(_NUMBER, "macros/unified/item_units.sql", "< 1000000 and abs({{ factor }}) < 100", "what 64 bits hold"),
    # Calendar arithmetic: what a month, a year or a named window is, not where a threshold lies.
    Allowance(
        _NUMBER, f"{_LAG}/kpi_inventory_turnover.sql", "{'year': 365, 'quarter': 90, 'weeks': 91}", "its windows"
    ),
    Allowance(_NUMBER, f"{_LAG}/kpi_inventory_turnover.sql", "set weeks = 13", "91 days are 13 weeks"),
    Allowance(_NUMBER, f"{_LAG}/rpt_gmroii.sql", "-11)", "twelve months with the month itself"),
    Allowance(_NUMBER, f"{_LAG}/intermediate/int_lag__audit_window.sql", "rows between 11 preceding", "twelve months"),
    Allowance(_NUMBER, "macros/kpi/turnover_audit.sql", "months_of_a_year() %}12", "months of a year"),
    Allowance(_NUMBER, "macros/kpi/financial_outcome.sql", "') * 365'", "days of a balance at the flow of a year"),
    Allowance(_NUMBER, f"{_OUTCOME}/kpi_financial_outcome.sql", "cogs_90_amount', 90,", "the window the column names"),
    Allowance(_NUMBER, f"{_OUTCOME}/intermediate/int_service__cash_cycle_month.sql", " = 12", "a year of months"),
    Allowance(_NUMBER, f"{_OUTCOME}/intermediate/int_service__cash_cycle_month.sql", "-11)", "first of twelve months"),
    Allowance(_NUMBER, f"{_OUTCOME}/intermediate/int_service__cash_cycle_month.sql", "11 preceding", "twelve months"),
    Allowance(_NUMBER, "macros/kpi/shrinkage.sql", "found_amount ~ ')) * 365', value_days)", "a rate a year"),
    Allowance(
        _NUMBER, f"{_LAG}/intermediate/int_lag__shrink_sector.sql", "'located.quarter_start_date', 3)", "a quarter"
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__supplier_lead_time.sql",
        "up_to_count * 100 >= all_count * 99",
        "the 99th percentile, column p99_days",
    ),
    Allowance(_NUMBER, _STORAGE, "273.15", "degrees Celsius become kelvin"),
    Allowance(_NUMBER, _STORAGE, "reference_celsius ~ ')', 10, 8)", "Q10 is told for ten degrees"),
    Allowance(_NUMBER, _COUNTS, "'7 * ((' ~ accuracy_ratio", "a slope a week becomes days"),
    Allowance(_NUMBER, "macros/kpi/fill_rate.sql", "divide(window_days ~ ' * 12', 365)", "months to a window of days"),
    Allowance(
        _NUMBER, f"{_LAG}/intermediate/int_lag__recent_sales.sql", "for days in [90, 91]", "windows the columns name"
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__recent_sales.sql",
        "add_days('stock_months.last_day_date', -91)",
        "the longer of the two windows the columns name",
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__forward_rate.sql",
        "'least(windows.known_day_count, 91)'",
        "the 91 days that sold_91_qty names",
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__stock_to_sales_period.sql",
        "{'month': 1, 'quarter': 3}",
        "months of a month and of a quarter",
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__stock_to_sales_year.sql",
        "add_months('period_start_date', -12)",
        "a year before",
    ),
    Allowance(
        _NUMBER, _LEADING, "'scopes.closing_amount', 'scopes.cogs_91_amount', 13)", "91 days are 13 weeks: wos_91_weeks"
    ),
    Allowance(_NUMBER, _LEADING, "avg_inventory_min_coverage * 91'", "the window that cogs_91_amount names"),
    Allowance(_NUMBER, "macros/kpi/primary_lag_indicator.sql", "new_item_weeks }} * 7", "days of a week"),
    Allowance(_NUMBER, "macros/kpi/turnover.sql", "divide(days, 7)", "days of a week"),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__turnover_window.sql",
        "add_months(add_days('stock_months.last_day_date', 1), -12)",
        "trailing twelve months, docs/formulas.md A3",
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__turnover_window.sql",
        "lag(stock_months.closing_amount, 12)",
        "the opening of twelve months is the closing twelve months before",
    ),
    Allowance(
        _NUMBER, f"{_LAG}/intermediate/int_lag__turnover_window.sql", "lag(stock_months.closing_qty, 12)", "likewise"
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__turnover_window.sql",
        "rows between 11 preceding",
        "this month and 11 more",
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__turnover_window.sql",
        "rows between 12 preceding",
        "13 month ends: the opening and twelve closings, docs/formulas.md 0.2",
    ),
    Allowance(_NUMBER, "macros/kpi/abc.sql", ">= 1000000'", "where decimals of 38 digits would overflow, not a policy"),
    Allowance(_NUMBER, "macros/kpi/abc.sql", "multiply(sum_x, '0.001')", "scales both sides of a ratio"),
    Allowance(_NUMBER, "macros/kpi/abc.sql", "* 0.000001 else", "scales both sides of a ratio"),
    Allowance(_NUMBER, "macros/kpi/turnover.sql", ">= 13 then '13_point'", "all 13 month ends of the 13-point average"),
    Allowance(
        _NUMBER,
        "macros/kpi/turnover.sql",
        "when {{ known_month_ends }} >= 13 then {{ divide(sum_13_points, 13, 4) }} end",
        "the mean of 13 points",
    ),
    Allowance(
        _NUMBER,
        "macros/kpi/carrying_cost.sql",
        "rate_per_year ~ ')', 365, 4)",
        "real days of a year, docs/formulas.md 0.1",
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/intermediate/int_lag__gmroii_window.sql",
        "rows between 11 preceding",
        "this month and 11 more",
    ),
    Allowance(
        _NUMBER, f"{_LAG}/kpi_gmroii.sql", "month_gross_margin_amount * 12'", "a month annualised, as it is named"
    ),
    Allowance(
        _NUMBER,
        f"{_LAG}/kpi_obsolescence.sql",
        "add_months(add_days('summed.last_day_date', 1), -12)",
        "trailing twelve months, docs/formulas.md A3",
    ),
    Allowance(_NUMBER, f"{_LAG}/kpi_obsolescence.sql", "rows between 11 preceding", "this month and 11 more"),
    Allowance(
        _NUMBER,
        "macros/kpi/obsolescence.sql",
        "divide('365 * (' ~ months ~ ')', 12)",
        "days of a month of a real year, docs/formulas.md 0.1",
    ),
    Allowance(_NUMBER, "macros/kpi/carrying_cost.sql", "') * 365'", "real days of a year, docs/formulas.md 0.1"),
    Allowance(_NUMBER, "macros/core/posting.sql", "[11, 1]", "hours of UTC on a day of the zone, no threshold"),
    Allowance(_NUMBER, "macros/core/posting.sql", "as timestamp)', 23)", "likewise"),
    Allowance(_NUMBER, f"{_UNIFIED}/stg_unified__close_day.sql", "'date_day') }} < 5", "Monday to Friday"),
    Allowance(
        _NUMBER,
        f"{_CORE}/dim_date.sql",
        "interval 13 month",
        "a year of calendar after the cut-off: extent of the table",
    ),
    Allowance(_NUMBER, f"{_CORE}/dim_date.sql", "week_start_date, 3)", "an ISO week is of the year of its Thursday"),
    Allowance(_NUMBER, f"{_GOVERNANCE}/int_governance__week.sql", "week_start_date', 6)", "a Sunday is six days on"),
    Allowance(
        _NUMBER, f"{_GOVERNANCE}/int_governance__stock_week.sql", "rows between 12 preceding", "this week and 12 more"
    ),
    Allowance(
        _NUMBER,
        f"{_GOVERNANCE}/int_governance__stock_week.sql",
        "add_days('week_end_date', -90)",
        "91 days end with the week: cogs_91_amount",
    ),
    Allowance(
        _NUMBER,
        f"{_GOVERNANCE}/int_governance__overstock_week.sql",
        "'summed.cogs_91_amount', 91)",
        "days of the window the column names",
    ),
    Allowance(
        _NUMBER,
        f"{_GOVERNANCE}/int_governance__overstock_week.sql",
        "'days_on_hand_target', 91)",
        "days of the window the column names",
    ),
    Allowance(
        _NUMBER,
        f"{_CORE}/fct_lead_time_pool.sql",
        "'capped_lead_time_days', 0.9)",
        "column p90_lead_time_days",
    ),
    Allowance(
        _NUMBER,
        f"{_CORE}/intermediate/int_core__order_lead_time.sql",
        "'days_to_full_receipt', 0.99)",
        "the 99th percentile, of which the policy row is a multiple",
    ),
    Allowance(_NUMBER, "macros/kpi/tpl.sql", "divide(seconds, 60)", "seconds of a minute"),
    Allowance(
        _NUMBER,
        f"{_VISIBILITY}/intermediate/int_visibility__tpl_message_day.sql",
        "'waiting_seconds', 0.95)",
        "column ack_p95_seconds",
    ),
    *(
        Allowance(_NUMBER, path, text, "names of X12 transaction sets, which are written in digits")
        for path, text in (
            (f"{_UNIFIED}/stg_unified__tpl_message.sql", "message_type <> '846'"),
            (f"{_VISIBILITY}/intermediate/int_visibility__tpl_order.sql", "in ('940', '945')"),
            (f"{_VISIBILITY}/intermediate/int_visibility__tpl_order.sql", "in ('943', '944')"),
        )
    ),
    *(
        Allowance(_NUMBER, f"{_VISIBILITY}/fct_feed_latency.sql", text, "quantiles that the columns name")
        for text in ("('p50', 0.5)", "('p95', 0.95)", "('p99', 0.99)")
    ),
    Allowance(
        _NUMBER,
        f"{_VISIBILITY}/intermediate/int_visibility__edge_run.sql",
        "'run_seconds', 0.95)",
        "column edge_build_p95_seconds",
    ),
    # Layout of a GTIN (GS1 General Specifications) and an order of rules.
    Allowance(_NUMBER, "macros/kpi/sku_master.sql", "substr({{ gtin14 }}, 14, 1)", "14th digit of a GTIN-14"),
    Allowance(
        _NUMBER,
        "macros/kpi/sku_master.sql",
        "('012', 'abcg0000defh'), ('3', 'abcd00000efh'), ('4',",
        "digits of a UPC-E that say where noughts were left out, GS1",
    ),
    Allowance(
        _NUMBER,
        f"{_UNIFIED}/stg_unified__compatible_text.sql",
        "8 * length(source_text)",
        "bits of a character of ASCII",
    ),
    Allowance(_NUMBER, "macros/kpi/sku_master.sql", "lpad(trim({{ x }}), 14, '0')", "a GTIN-14 has 14 digits"),
    Allowance(_NUMBER, "macros/kpi/sku_master.sql", "(10 - (", "complement to ten, GS1 check digit"),
    Allowance(_NUMBER, "macros/kpi/sku_master.sql", "range(1, 14)", "the 13 digits before the check digit"),
    Allowance(_NUMBER, "macros/kpi/sku_master.sql", "{{ 3 if i % 2 == 1 else 1 }}", "weights of the GS1 check digit"),
    Allowance(_NUMBER, "macros/kpi/sku_master.sql", ") % 10) % 10", "complement to ten, GS1 check digit"),
    Allowance(
        _NUMBER, f"{_UNIFIED}/stg_unified__uom_factor.sql", "3 as precedence", "third place of an order, no figure"
    ),
    Allowance(_NUMBER, "macros/core/subject_key.sql", "1, 16)", "hexadecimal digits of a key: its form, no threshold"),
    # Counting: what a year, a day and an hour are.
    *(
        Allowance(_NUMBER, _CADENCE, text, reason)
        for text, reason in (
            ("'365 * (' ~ count_cost ~ ')'", "real days of a year"),
            ("divide(365, count_days, 2)", "real days of a year: counts a year"),
            ("'1440 * (' ~ ingest_cost ~ ')'", "minutes of a day"),
            ("'2 * 365 * 1440'", "half an interval, in minutes of a year"),
            ("', 60) * cast((' ~ busiest_hour_count ~ ') as decimal(18, 4))', 60, 4)", "minutes of an hour"),
            ("as decimal(18, 4))', 1440, 4)", "minutes of a day"),
        )
    ),
    Allowance(_NUMBER, _SLOTTING, "'ln(1 + cast((' ~ count_value ~ ') as double))', 6", "digits of the logarithm"),
    Allowance(_NUMBER, _SLOTTING, "'pow(1 + exp(-cast((' ~ score ~ ') as double)), -1)', 6", "digits of the chance"),
    # The normal quantile: published coefficients, and functions that exist in floats only.
    *(
        Allowance(_NUMBER, _NORMAL, text, "coefficients of algorithm AS 241 (Wichura 1988): mathematics, not policy")
        for text in (
            "['3.3871327179', '50.434271938', '159.29113202', '59.109374720']",
            "['1', '17.895169469', '78.757757664', '67.187563600']",
            "['1.4234372777', '2.7568153900', '1.3067284816', '0.17023821103']",
            "['1', '0.73700164250', '0.12021132975']",
            "' - 0.5)'",
            "'(0.180625 - '",
            "'))) - 1.6)'",
            "abs({{ p }} - 0.5) <= 0.425",
        )
    ),
    Allowance(_NUMBER, _LEAD_LAG, "as double), -0.5)", "one over a root is a power of -1/2"),
    Allowance(_NUMBER, _LEAD_LAG, "set lost = 3", "degrees of freedom that Fisher's interval loses"),
    Allowance(
        _NUMBER, _LEAD_LAG, "set lost, scatter = 3, 1.06", "the same, and how much more ranks scatter: mathematics"
    ),
    # Lead times and order cycles.
    *(
        Allowance(_NUMBER, where, text, reason)
        for where, text, reason in (
            (f"{_LEAD}/intermediate/int_lead__lead_time_chart.sql", "< 7 * chart_policy", "days of a week"),
            (f"{_LEAD}/intermediate/int_lead__lead_time_week.sql", "'days.date_day', 6)", "a Sunday is six days on"),
            (f"{_LEAD}/intermediate/int_lead__lead_time_sample.sql", "'lead_time_days', 0.99)", "column p99_days"),
            (f"{_LEAD}/intermediate/int_lead__lead_time_expected.sql", "2147483647", "an age without end: no number"),
            (f"{_LEAD}/intermediate/int_lead__lead_time_moment.sql", "days end', 0.5)", "columns of the name p50"),
            (f"{_LEAD}/intermediate/int_lead__lead_time_moment.sql", "days end', 0.95)", "columns of the name p95"),
            (f"{_LEAD}/kpi_order_fulfillment_cycle.sql", "'measured.done_hours', 0.5)", "column p50_hours"),
            (f"{_LEAD}/kpi_order_fulfillment_cycle.sql", "'measured.done_hours', 0.9)", "column p90_hours"),
            (f"{_LEAD}/kpi_order_fulfillment_cycle.sql", "'measured.done_hours', 0.95)", "column p95_hours"),
        )
    ),
    Allowance(_NUMBER, "macros/kpi/lead_time_signal.sql", "as double))', 6)", "six digits of a logarithm: a scale"),
    Allowance(_NUMBER, _SERVICE, "product(mean_daily_qty, 365)", "a year of 365 days: annual_demand_qty"),
    # Inner joins of unified that drop nothing.
    Allowance(
        _NUMBER,
        f"{_UNIFIED}/stg_unified__demand_forecast.sql",
        "add_days('forecasts.period_start_date', 6)",
        "a week ends six days after its Monday",
    ),
)
