{# Fulfilment cycle of orders (capability 3.3; docs/formulas.md#order-cycle). Arithmetic on one row: no ref, no join. #}

{# Whether a line took longer than the limit: done lines by their hours, open ones as soon as their age so far is
   beyond it, until then undecided (null). Null for a time that runs backwards. #}
{% macro kpi_is_cycle_slow(cycle_hours, is_open, limit_hours) -%}
    case
        when {{ cycle_hours }} < 0 then null
        when {{ cycle_hours }} > {{ limit_hours }} then true
        when not {{ is_open }} then false
    end
{%- endmacro %}

{# Width of a stage's times, in hours: 90th percentile less median; null without a line. #}
{% macro kpi_stage_spread_hours(p90_hours, p50_hours) -%}
    cast(({{ p90_hours }}) - ({{ p50_hours }}) as decimal(24, 6))
{%- endmacro %}

{# Share of a stage in the widths of all, decimal(24, 6); null where nothing varies. #}
{% macro kpi_spread_share_ratio(spread_hours, all_hours) -%}
    {{ divide(spread_hours, all_hours) }}
{%- endmacro %}
