{# Carrying cost (capability 4.3; docs/formulas.md#carrying-cost; components after Lambert and La Londe). Arithmetic only. #}

{# Cost of holding for one component: value-days x yearly rate / 365 real days. decimal(24, 4). Null without a rate. #}
{% macro kpi_carrying_cost(value_days, rate_per_year) -%}
    {{ divide('cast((' ~ value_days ~ ') as decimal(24, 4)) * (' ~ rate_per_year ~ ')', 365, 4) }}
{%- endmacro %}

{# Blended yearly rate: cost x 365 / value-days. Null when nothing of value was held. decimal(24, 6). #}
{% macro kpi_carrying_cost_ratio(cost_amount, value_days) -%}
    case when {{ value_days }} > 0 then {{ divide('(' ~ cost_amount ~ ') * 365', value_days) }} end
{%- endmacro %}

{# Cost of storage by policy storage_cost_basis: `cube` = cubic metres x days x yearly rate per cubic metre / 365 where the volume of
   a unit is known, else (and by `value` always) the rate on value; null where the stock has no value. decimal(24, 4). #}
{% macro kpi_storage_cost(basis, value_cost_amount, m3_days, m3_rate) -%}
    case
        when {{ value_cost_amount }} is null then null
        when {{ basis }} = 'cube' and {{ m3_days }} is not null and {{ m3_rate }} is not null
            then {{ kpi_carrying_cost(m3_days, m3_rate) }}
        else {{ value_cost_amount }}
    end
{%- endmacro %}

{# Cost of risk by policy carrying_risk_basis: `rate` on value, or `measured` = what was written off and found missing; never
   both. Null where the stock has no value. #}
{% macro kpi_risk_cost(basis, value_cost_amount, measured_amount) -%}
    case
        when {{ value_cost_amount }} is null then null
        when {{ basis }} = 'measured' then coalesce({{ measured_amount }}, 0)
        else {{ value_cost_amount }}
    end
{%- endmacro %}

{# Stock beyond what the plan can need: on hand less reorder point and order quantity, never below nil; null without a plan. #}
{% macro kpi_excess_qty(on_hand_qty, reorder_point_qty, order_qty) -%}
    case
        when {{ reorder_point_qty }} is not null
            then greatest({{ on_hand_qty }} - {{ reorder_point_qty }} - coalesce({{ order_qty }}, 0), 0)
    end
{%- endmacro %}

{# Loss that a count found: minus the variance x unit cost x rate into company currency; negative where it found more.
   decimal(24, 4). #}
{% macro kpi_count_loss(variance_qty, unit_cost_amount, rate) -%}
    {{ product(product('-' ~ variance_qty, unit_cost_amount), rate, 4) }}
{%- endmacro %}
