{# Reconciliation and record rules (capabilities 2.1 and 2.2; docs/formulas.md#reconciliation, B2.2). Arithmetic on one row: no ref, no join. #}

{# Tolerance in base units: the larger of the absolute one and the share of the expected quantity. decimal(24, 4);
   null when either policy is missing: unknown is not nil. #}
{% macro kpi_reconciliation_tolerance(expected_qty, abs_tol, pct_tol) -%}
    {%- set by_share = multiply('abs(' ~ expected_qty ~ ')', pct_tol) -%}
    case
        when {{ abs_tol }} >= {{ by_share }} then {{ fixed(abs_tol) }}
        when {{ abs_tol }} < {{ by_share }} then {{ fixed(by_share) }}
    end
{%- endmacro %}

{# Whether one quantity is the other times a known packaging factor, within `ratio_tol`; false when either is zero. #}
{% macro kpi_is_factor_ratio(a_qty, b_qty, factor, ratio_tol) -%}
    coalesce(
        sign({{ a_qty }}) * sign({{ b_qty }}) > 0
        and {{ factor }} <> 1
        and abs({{ a_qty }} - {{ multiply(factor, b_qty) }}) <= {{ multiply(ratio_tol, 'abs(' ~ multiply(factor, b_qty) ~ ')') }},
        false
    )
{%- endmacro %}

{# Probability of a run of `run_days` without demand for a record with `rate` demand occasions a day (Poisson).
   decimal(18, 8): elementwise exp, never an aggregate. Null without a rate. #}
{% macro kpi_zero_run_probability(rate, run_days) -%}
    {{ fixed_from_float('exp(-cast((' ~ rate ~ ') * (' ~ run_days ~ ') as double))') }}
{%- endmacro %}
