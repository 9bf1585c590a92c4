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

{# Relative change of a cost, decimal(24, 6) without its sign: |cost / previous - 1|. Null without a positive cost before. #}
{% macro kpi_cost_change_ratio(cost_amount, previous_amount) -%}
    case when {{ previous_amount }} > 0 then abs({{ divide(cost_amount, previous_amount) }} - 1) end
{%- endmacro %}

{# Phantom score of a record, decimal(24, 6): 1 less the product of (1 - weight) over the rules that hit, so that each sign
   adds to the doubt that the others leave. hits: {boolean: weight between 0 and 1}. The factors are multiplied in the order
   given and the product is kept to 12 digits after each, so that it is the same on every engine. Null where a weight of a
   rule that hits is missing. #}
{% macro kpi_phantom_score(hits) -%}
    {%- set product = namespace(sql='cast(1 as decimal(24, 12))') -%}
    {%- for hit, weight in hits.items() -%}
        {%- set factor = 'cast(1 - case when ' ~ hit ~ ' then ' ~ weight ~ ' else 0 end as decimal(12, 6))' -%}
        {%- set product.sql = fixed(product.sql ~ ' * ' ~ factor, 12) -%}
    {%- endfor -%}
    {{ fixed('1 - ' ~ product.sql, 6) }}
{%- endmacro %}

{# Share of a site's days of one weekday on which it reported; decimal(24, 6), null without such a day. #}
{% macro kpi_feed_day_ratio(reported_days, days) -%}
    {{ divide(reported_days, days) }}
{%- endmacro %}
