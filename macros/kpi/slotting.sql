{# Slotting: where goods lie, and what it costs in steps and errors (capability 3.6; docs/formulas.md#slotting). Arithmetic
   on one row: no ref, no join. #}

{# One sum over another: golden picks over picks, ideal over actual walk. decimal(24, 6); null without a whole. #}
{% macro kpi_slotting_ratio(part, whole) -%}
    {{ divide(part, whole) }}
{%- endmacro %}

{# Whether a shelf is within reach without bending or climbing, both bounds included; null without a height. #}
{% macro kpi_is_golden(height_cm, low_cm, high_cm) -%}
    {{ height_cm }} >= {{ low_cm }} and {{ height_cm }} <= {{ high_cm }}
{%- endmacro %}

{# Cube-per-order index: volume of what is stocked of an item over how often it is picked (Heskett 1963). Low belongs near the
   dock. decimal(24, 6); null without a volume or a pick. #}
{% macro kpi_coi(cube_m3, hit_count) -%}
    {{ divide(cube_m3, hit_count) }}
{%- endmacro %}

{# Natural logarithm of 1 + a count, decimal(18, 6). #}
{% macro kpi_log_count(count_value) -%}
    {{ fixed_from_float('ln(1 + cast((' ~ count_value ~ ') as double))', 6) }}
{%- endmacro %}

{# Probability of a logistic model from its linear score, decimal(18, 6). #}
{% macro kpi_logistic_probability(score) -%}
    {{ fixed_from_float('pow(1 + exp(-cast((' ~ score ~ ') as double)), -1)', 6) }}
{%- endmacro %}

{# Bounds of a share of so many trials by Wilson, for z standard deviations: side -1 for the lower, 1 for the upper; with
   h hits of n: (2 h + z2 -/+ z sqrt(z2 + 4 h (n - h) / n)) / (2 (n + z2)). decimal(24, 6); null without trials. #}
{% macro kpi_wilson_bound(hits, trials, z, side) -%}
    {%- set z2 = 'cast((' ~ z ~ ') * (' ~ z ~ ') as decimal(18, 6))' -%}
    {%- set inside = z2 ~ ' + 2 * 2 * ' ~ divide('(' ~ hits ~ ') * ((' ~ trials ~ ') - (' ~ hits ~ '))', trials) -%}
    {{ divide(
        '2 * (' ~ hits ~ ') + ' ~ z2 ~ ' + (' ~ side ~ ') * (' ~ z ~ ') * ' ~ square_root(inside),
        '2 * ((' ~ trials ~ ') + ' ~ z2 ~ ')'
    ) }}
{%- endmacro %}
