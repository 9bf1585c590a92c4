{# Turnover against physical audit and the figures an ERP reports (capabilities 6.1, 6.6; docs/formulas.md#turnover-audit).
   Arithmetic only: no ref, no join. Amounts in company currency; ratios are decimal(24, 6). #}

{% macro months_of_a_year() %}12{% endmacro %}

{# An amount of so many whole months as one of a year: x 12 / months. decimal(24, 4). #}
{% macro kpi_yearly_amount(amount, month_count) -%}
    {{ divide('(' ~ amount ~ ') * ' ~ months_of_a_year(), month_count, 4) }}
{%- endmacro %}

{# Mean of the month ends of a period, with the one before it where that is known. decimal(24, 4). #}
{% macro kpi_month_end_average(closing_sum_amount, opening_amount, month_count) -%}
    {{ divide(
        '(' ~ closing_sum_amount ~ ') + coalesce(' ~ opening_amount ~ ', 0)',
        '(' ~ month_count ~ ') + case when ' ~ opening_amount ~ ' is null then 0 else 1 end', 4
    ) }}
{%- endmacro %}

{# How far a figure lies from the one it is held against: figure / other - 1. Null when the other is zero or unknown. #}
{% macro kpi_turnover_deviation(figure, other) -%}
    {{ divide('(' ~ figure ~ ') - (' ~ other ~ ')', other) }}
{%- endmacro %}

{# Why a figure that an ERP reports has none of ours beside it, over a row of `rows`: period (it does not end
   with a closed month, takes months in part, or more than twelve), unknown_scope (no stock record of ours), no_sales, short_history, no_cost, low_cost_coverage, no_stock, no_demand
   (nothing to divide by); null when it has one. #}
{% macro kpi_reported_reason(rows, min_coverage, min_cost_coverage) -%}
    case
        when not coalesce({{ rows }}.is_closed_period, false) or {{ rows }}.month_count > {{ months_of_a_year() }} then 'period'
        when {{ rows }}.known_day_count is null then 'unknown_scope'
        when {{ rows }}.known_day_count > {{ rows }}.period_day_count then 'period'
        when {{ rows }}.kpi_id = 'gmroii' and not {{ rows }}.is_sales_known then 'no_sales'
        when {{ rows }}.known_day_count < {{ min_coverage }} * {{ rows }}.period_day_count then 'short_history'
        when {{ rows }}.numerator_amount is null or {{ rows }}.avg_inventory_amount is null then 'no_cost'
        when {{ rows }}.cost_coverage_ratio < {{ min_cost_coverage }} then 'low_cost_coverage'
        when {{ rows }}.avg_inventory_amount <= 0 then 'no_stock'
        when {{ rows }}.numerator_amount = 0 then 'no_demand'
    end
{%- endmacro %}

{# agree: within the tolerance, the bound included; other_average: it would be on the mean of month ends; differs;
   not_comparable where there is a reason why not. #}
{% macro kpi_reported_verdict(reason, reported_rate, book_rate, month_end_rate, tolerance) -%}
    case
        when {{ reason }} is not null then 'not_comparable'
        when abs(({{ reported_rate }}) - ({{ book_rate }})) <= {{ tolerance }} * abs({{ book_rate }}) then 'agree'
        when abs(({{ reported_rate }}) - ({{ month_end_rate }})) <= {{ tolerance }} * abs({{ month_end_rate }})
            then 'other_average'
        else 'differs'
    end
{%- endmacro %}

{# Quantity-days that the books of a piece of an interval lack or hold too much: the error runs in a straight line from `start` on the
   first day to `end` on the day after the last; the piece is `days` days from day number `first` (0 is the first). decimal(24, 6). #}
{% macro kpi_error_qty_days(start_qty, end_qty, interval_days, first, days) -%}
    cast(
        ({{ start_qty }}) * ({{ days }}) + {{ divide(
            '((' ~ end_qty ~ ') - (' ~ start_qty ~ ')) * (' ~ days ~ ') * (2 * (' ~ first ~ ') + (' ~ days ~ ') - 1)',
            '2 * (' ~ interval_days ~ ')'
        ) }} as decimal(24, 6)
    )
{%- endmacro %}

{# What went lost in a piece of an interval between two counts: the growth of what the books hold too much, by days. Negative where
   goods were found. decimal(24, 6). #}
{% macro kpi_lost_between_counts(start_qty, end_qty, interval_days, days) -%}
    {{ divide('((' ~ start_qty ~ ') - (' ~ end_qty ~ ')) * (' ~ days ~ ')', interval_days) }}
{%- endmacro %}

{# What of the shrinkage belongs to the audited cost of sales: policy shrink_in_cogs, true or false. #}
{% macro kpi_shrink_in_cogs(shrink_amount, shrink_in_cogs) -%}
    case when {{ shrink_in_cogs }} = 'true' then {{ shrink_amount }} else 0 end
{%- endmacro %}

{# Why the books cannot be held against audits, over a row of `rows`: open_month, short_history, no_cost, no_stock as for turnover;
   insufficient (too little of the value was counted), no_stock also where counts leave none, no_sales. #}
{% macro kpi_audit_reason(rows) -%}
    case
        when {{ rows }}.book_reason is not null then {{ rows }}.book_reason
        when {{ rows }}.audit_coverage_ratio < {{ rows }}.turnover_audit_min_coverage then 'insufficient'
        when {{ rows }}.any_audited_ratio is null then 'no_stock'
        when {{ rows }}.any_audited_ratio = 0 then 'no_sales'
    end
{%- endmacro %}

{# pass, warn or fail by how far the turns of the books lie from the audited ones, each bound included; insufficient where too little
   was counted; null for another reason. #}
{% macro kpi_audit_verdict(rows) -%}
    case
        when {{ rows }}.audit_reason = 'insufficient' then 'insufficient'
        when {{ rows }}.audit_reason is not null then null
        when abs({{ rows }}.any_deviation_ratio) <= {{ rows }}.turnover_audit_tol then 'pass'
        when abs({{ rows }}.any_deviation_ratio) <= {{ rows }}.turnover_audit_warn then 'warn'
        else 'fail'
    end
{%- endmacro %}

{# pass or fail of a tie-out, the bound included; uncosted where something has no cost or rate, so that neither can be said. #}
{% macro kpi_tie_out_verdict(our_amount, book_amount, tolerance, is_uncosted) -%}
    case
        when {{ is_uncosted }} then 'uncosted'
        when abs(({{ our_amount }}) - ({{ book_amount }})) <= {{ tolerance }} * abs({{ book_amount }}) then 'pass'
        else 'fail'
    end
{%- endmacro %}
