"""What is allowed against a law, each with its reason. A test proves that none of these has become needless.

Here: every exception but those of numbers in models (allowances_of_numbers.py), and the list of all. Not here: the
laws. `where` is a path, or `*`; `what` is a piece of that file's text, taken out before the law looks, or the name that
the law would report.
"""

from __future__ import annotations

from laws.allowance import Allowance
from laws.allowances_of_numbers import NUMBERS

_UNIT = "column_names_tell_unit_and_type"
_JOIN = "no_row_is_joined_away_on_the_way_in"
_CORE = "models/marts/core"
_UNIFIED = "models/staging/unified"
_NORMAL = "macros/kpi/normal.sql"
_LEAD_LAG = "macros/kpi/lead_lag.sql"
_CADENCE = "macros/kpi/count_cadence.sql"
_STORAGE = "macros/kpi/storage.sql"
_SLOTTING = "macros/kpi/slotting.sql"
_FIT = "models/marts/lead/intermediate/int_lead__pick_error_fit.py"
_PHANTOM = "macros/kpi/phantom.sql"
_PHANTOM_FIT = "models/marts/visibility/intermediate/int_visibility__phantom_fit.py"
_QUANTILE = "models/marts/service/intermediate/int_service__lead_time_demand_quantile.py"
_CHANCE = "models/marts/service/intermediate/int_service__stockout_chance.py"
_LEAD = "models/marts/lead"
_BOUND = "models/marts/lag/intermediate/int_lag__shrink_bound.py"
_CHANCE_OF_SPREAD = f"{_LEAD}/intermediate/int_lead__lead_time_chance.py"
_POLICY_COLUMN = "a policy value beside what it judges, under the name of its key; the seed row holds the unit"
_ANY_UNIT = "rows of many measures in one column; the unit is that of the rule or of dim_kpi"

ALLOWED: tuple[Allowance, ...] = (
    *NUMBERS,
    # Floats and integer division.
    Allowance(
        "no_float_anywhere",
        "macros/kpi/stock_record.sql",
        "exp(-cast((' ~ rate ~ ') * (' ~ run_days ~ ') as double))",
        "e to the power x exists in floats only; of one row, never summed, and rounded to a decimal at once",
    ),
    *(
        Allowance("no_float_anywhere", _CADENCE, text, "of one row, never summed, and rounded to a decimal at once")
        for text in ("'pow(cast((' ~ elapsed_days ~ ') as double)", "cast((' ~ exponent ~ ') as double)")
    ),
    *(
        Allowance("no_float_anywhere", path, text, "of one row, never summed, and rounded to a decimal at once")
        for path, text in (
            (_STORAGE, "'exp(cast(' ~ exponent ~ ' as double))'"),
            (_STORAGE, "'ln(cast(' ~ divide(heat_sum, known_seconds) ~ ' as double))'"),
            (_STORAGE, "'pow(cast((' ~ q10 ~ ') as double), cast(' ~ steps ~ ' as double))'"),
            (_SLOTTING, "'ln(1 + cast((' ~ count_value ~ ') as double))', 6"),
            (_SLOTTING, "'pow(1 + exp(-cast((' ~ score ~ ') as double)), -1)', 6"),
        )
    ),
    *(
        Allowance("no_float_anywhere", _NORMAL, text, "of one row, never summed, and rounded to a decimal at once")
        for text in ("' as double)'", "'(sqrt(-ln(least('", "' * pow('")
    ),
    *(
        Allowance("no_float_anywhere", _PHANTOM, text, "of one row, never summed, and rounded to a decimal at once")
        for text in (
            "'cast(' ~ multiply(rate, days) ~ ' as double)'",
            "' * exp(-' ~ x ~ ') * pow(1 - exp(-' ~ x ~ '), -1)'",
            "'cast(' ~ hazard ~ ' as double)'",
            "'sqrt(3 * (pow(cast(' ~ log_sd ~ ' as double), 2) + pow(1 + ' ~ occasion_count ~ ', -1)))'",
            "' + cast(' ~ rate ~ ' as double) * exp('",
            "'(1 - exp(-least('",
            "' * pow(' ~ pace ~ ', -1) * '",
            "' * exp(-least('",
            "'ln(' ~ sums.gone ~ ') - ln('",
            "'ln(cast(1 + greatest(coalesce(' ~ order_qty ~ ', 1), 0) as double))'",
            "~ ' - ln(cast(1 + greatest(' ~ on_hand_qty ~ ', 0) as double))', 6",
            "'cast(' ~ prior_hazard ~ ' as double) * exp(cast(' ~ log_factor ~ ' as double))'",
        )
    ),
    # Correlations: powers and logarithms exist in floats only.
    *(
        Allowance("no_float_anywhere", _LEAD_LAG, text, "of one row, never summed, and rounded to a decimal at once")
        for text in ("pow(cast({{ x }} as double), -0.5)", "'exp(ln(1 + '", "') - ln(1 - '", "'(' ~ e ~ ' - 1) * pow('")
    ),
    Allowance(
        "no_float_anywhere",
        "macros/kpi/lead_time_signal.sql",
        "'ln(cast(greatest(' ~ lead_time_days ~ ', 1) as double))'",
        "logarithms exist in floats only; of one row, never summed, and rounded to a decimal at once",
    ),
    # Clock.
    Allowance(
        "no_clock_in_python",
        "orchestration/lib/generations.py",
        "time.time",
        "retention compares the age of folders on disk; the time reaches no table",
    ),
    Allowance(
        "no_clock_in_python",
        "orchestration/__main__.py",
        "datetime.now",
        "when a person says that they take an alert; it is landed as data, and --at says otherwise",
    ),
    Allowance(
        "no_clock_in_python",
        "orchestration/defs/ingestion/drops.py",
        "time.time",
        "when a site's drop folder was last looked at; the time reaches no table",
    ),
    # Numbers of a Python model that are no policy.
    Allowance(
        "python_models_only_compute",
        _FIT,
        "WIDTH, DIGITS, ROUNDS = 18, 6, 50",
        "scale, and rounds until it stands still",
    ),
    Allowance("python_models_only_compute", _FIT, "* 10**DIGITS", "that scale as a factor"),
    *(
        Allowance("python_models_only_compute", _PHANTOM_FIT, text, reason)
        for text, reason in (
            ("WIDTH, DIGITS = 18, 6", "width and scale of what it returns"),
            ("ROUNDS, HALVINGS, LIMIT = 30, 20, 500", "rounds until it stands still, and where floats end"),
            ("NEAR = 10 ** -(DIGITS + 2)", "a step that no digit shows"),
            ("* 10**DIGITS", "that scale as a factor"),
        )
    ),
    Allowance("python_models_only_compute", _BOUND, "WIDTH, DIGITS, SCALE = 24, 6, 4", "widths and scales of amounts"),
    Allowance("python_models_only_compute", _BOUND, "* 10**DIGITS", "that scale as a factor"),
    Allowance("python_models_only_compute", _CHANCE, "WIDTH, DIGITS = 18, 8", "width and scale of what it returns"),
    Allowance("python_models_only_compute", _CHANCE, "* 10**DIGITS", "that scale as a factor"),
    Allowance(
        "python_models_only_compute", _CHANCE_OF_SPREAD, "WIDTH, DIGITS = 18, 8", "width and scale of what it returns"
    ),
    Allowance("python_models_only_compute", _CHANCE_OF_SPREAD, "* 10**DIGITS", "that scale as a factor"),
    *(
        Allowance("python_models_only_compute", _QUANTILE, what, reason)
        for what, reason in (
            ("WIDTH, DIGITS = 24, 6", "width and scale of the decimals it returns"),
            ("MILLION = 10**DIGITS", "that scale as a factor"),
            ("STEPS = 70", "halvings of an interval: more than the bits of a float"),
        )
    ),
    # Policy by hand.
    Allowance(
        "policy_is_asked_for_by_literal_keys", f"{_CORE}/dim_policy.sql", "policy_rows", "it is what policy_as_of reads"
    ),
    Allowance(
        "policy_is_asked_for_by_literal_keys",
        "models/marts/scorecard/fct_alert.sql",
        "dim_policy",
        "the keys of targets are data (registry rows); joined as of the period's end, for the company",
    ),
    Allowance(
        _JOIN,
        f"{_UNIFIED}/stg_unified__compatible_text.sql",
        "inner join places",
        "spells texts out letter by letter; a text has at least one",
    ),
    *(
        Allowance(_JOIN, f"{_UNIFIED}/stg_unified__sku_merge.sql", f"inner join {name}", reason)
        for name, reason in (
            ("reached", "finds contradictions among verdicts; no SKU depends on it"),
            ("golden", "each SKU with a verdict has its golden one"),
        )
    ),
    Allowance(
        _JOIN, f"{_UNIFIED}/stg_unified__sku.sql", "inner join crosswalk", "the crosswalk has a row for each item"
    ),
    Allowance(
        _JOIN,
        f"{_UNIFIED}/stg_unified__cost_step.sql",
        "inner join locations",
        "unknown locations are held back before",
    ),
    Allowance(
        _JOIN,
        f"{_UNIFIED}/stg_unified__redelivery.sql",
        "inner join redelivered",
        "it speaks of redelivered events alone; stg_unified__movement keeps every delivery",
    ),
    Allowance(_JOIN, f"{_UNIFIED}/stg_unified__sku.sql", "inner join source_records", "grouped from the same rows"),
    Allowance(
        _JOIN,
        f"{_UNIFIED}/stg_unified__uom_factor.sql",
        "inner join uom_codes as base_uom",
        "adds candidates; an item without a physical base unit keeps its own two",
    ),
    Allowance(
        _JOIN, f"{_UNIFIED}/stg_unified__uom_factor.sql", "inner join uom_codes as other_uom", "multiplies, never drops"
    ),
    Allowance(
        _JOIN,
        f"{_UNIFIED}/stg_unified__uom_factor.sql",
        "inner join spellings",
        "spellings hold each code preferred has",
    ),
    # Folders that stand beside those docs/laws.md names.
    Allowance(
        "folders_are_those_of_the_design",
        "*",
        "macros/core",
        "steps that several models of core share; needs a decision",
    ),
    Allowance(
        "folders_are_those_of_the_design", "*", "macros/unified", "joins that the models of unified share; likewise"
    ),
    Allowance(
        "folders_are_those_of_the_design",
        "*",
        "macros/kernel",
        "how the ledger and what hangs on it are made: decision 0027",
    ),
    # Columns whose name tells no unit, or a type differently.
    *(Allowance(_UNIT, "*", name, _POLICY_COLUMN) for name in ("abc_a_limit", "abc_b_limit", "adi_cut", "cv2_cut")),
    Allowance(_UNIT, "*", "abc_hysteresis", _POLICY_COLUMN),
    *(Allowance(_UNIT, "*", name, _POLICY_COLUMN) for name in ("xyz_x_limit", "xyz_y_limit", "value_number")),
    *(Allowance(_UNIT, "*", name, _ANY_UNIT) for name in ("numerator", "denominator", "kpi_value", "target_value")),
    *(Allowance(_UNIT, "*", name, _ANY_UNIT) for name in ("gap_value", "observed_value", "threshold_value")),
    *(Allowance(_UNIT, "*", name, _ANY_UNIT) for name in ("measure_value", "worst_value")),
    *(Allowance(_UNIT, "*", name, _ANY_UNIT) for name in ("told_numerator", "told_denominator", "told_kpi_value")),
    Allowance(_UNIT, "*", "turnover_numerator_value", "amount or quantity, as policy turnover_numerator says"),
    Allowance(_UNIT, "*", "turnover_denominator_value", "amount or quantity, as policy turnover_numerator says"),
    Allowance(_UNIT, "*", "factor_to_base", "base units per unit: a factor between two units of measure"),
    Allowance(_UNIT, "*", "date_day", "the key of a calendar, as the field names it"),
    Allowance(_UNIT, "*", "effective_from", "the column of the seed policy_rows, as people edit it"),
    Allowance(_UNIT, "*", "effective_to", "the column of the seed policy_rows, as people edit it"),
    Allowance(_UNIT, "*", "valid_from", "an instant, beside valid_from_date, its business date"),
    Allowance(_UNIT, "*", "valid_to", "an instant, beside valid_to_date, its business date"),
    Allowance(_UNIT, "*", "record_as_of", "the instant a balance speaks of, not one at which something happened"),
    Allowance(_UNIT, "*", "acquired_on", "the landing contract's name of the date"),
)
