{# Carrying cost (capability 4.3; docs/formulas.md#carrying-cost; components after Lambert and La Londe). Arithmetic only. #}

{# Cost of holding for one component: value-days x yearly rate / 365 real days. decimal(24, 4). Null without a rate. #}
{% macro kpi_carrying_cost(value_days, rate_per_year) -%}
    {{ divide('cast((' ~ value_days ~ ') as decimal(24, 4)) * (' ~ rate_per_year ~ ')', 365, 4) }}
{%- endmacro %}

{# Blended yearly rate: cost x 365 / value-days. Null when nothing of value was held. decimal(24, 6). #}
{% macro kpi_carrying_cost_ratio(cost_amount, value_days) -%}
    case when {{ value_days }} > 0 then {{ divide('(' ~ cost_amount ~ ') * 365', value_days) }} end
{%- endmacro %}
