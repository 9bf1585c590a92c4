{# Age of stock and provision by age (capability 4.1; docs/formulas.md#stock-ageing). Arithmetic on one row: no ref, no join. #}

{# What holds for an age: the value of the first limit that the age does not exceed, else the last value, so that goods as old as
   a limit are still below it. One value more than limits. #}
{% macro kpi_by_age(age_days, limits, values) -%}
    case
        {%- for limit in limits %}
        when {{ age_days }} <= {{ limit }} then {{ values[loop.index0] }}
        {%- endfor %}
        else {{ values[-1] }}
    end
{%- endmacro %}

{# Name of the age bucket by the limits that bound it: '0-90', '91-180', ..., '>730'. #}
{% macro kpi_age_bucket(age_days, limits) -%}
    {%- set whole = [] -%}
    {%- for limit in limits -%}
        {%- do whole.append('cast(' ~ limit ~ ' as integer)') -%}
    {%- endfor -%}
    {%- set names = [] -%}
    {%- for limit in whole -%}
        {%- set first_day = "'0'" if loop.first else 'cast(' ~ whole[loop.index0 - 1] ~ ' + 1 as string)' -%}
        {%- do names.append(first_day ~ " || '-' || cast(" ~ limit ~ ' as string)') -%}
    {%- endfor -%}
    {%- do names.append("'>' || cast(" ~ whole[-1] ~ ' as string)') -%}
    {{ kpi_by_age(age_days, limits, names) }}
{%- endmacro %}

{# Provision for a layer: its value x the rate of its age; decimal(24, 4), null without a value. #}
{% macro kpi_provision(layer_amount, provision_rate) -%}
    {{ product(layer_amount, provision_rate, 4) }}
{%- endmacro %}

{# Share of a value: part / whole, null where nothing of value is held. decimal(24, 6). #}
{% macro kpi_stock_share(part_amount, whole_amount) -%}
    case when {{ whole_amount }} > 0 then {{ divide(part_amount, whole_amount) }} end
{%- endmacro %}

{# Why such a share is null: no_cost, no_stock; null when it has a value. #}
{% macro kpi_stock_share_reason(whole_amount) -%}
    case when {{ whole_amount }} is null then 'no_cost' when {{ whole_amount }} <= 0 then 'no_stock' end
{%- endmacro %}

{# Stock as it is valued: negative and unknown as nil. decimal(18, 4). #}
{% macro kpi_held_qty(on_hand_qty) -%}
    cast(greatest(coalesce({{ on_hand_qty }}, 0), 0) as decimal(18, 4))
{%- endmacro %}

{# Value of stock at a unit cost, decimal(24, 4): no stock is worth nil whatever it costs, stock without a cost has no value. #}
{% macro kpi_held_amount(held_qty, unit_cost_amount) -%}
    case when {{ held_qty }} = 0 then 0 else {{ product(held_qty, unit_cost_amount, 4) }} end
{%- endmacro %}
