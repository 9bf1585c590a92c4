{# Words of losses that several models share. What belongs here: names; no arithmetic (macros/kpi/shrinkage.sql). #}

{# What a loss comes from, in the words of seed shrink_causes; what no word names is unknown. #}
{% macro shrink_causes() -%}
    {{ return(['theft_external', 'theft_internal', 'process', 'damage']) }}
{%- endmacro %}

{# The part of a quantity missed that no cause is told of. #}
{% macro uncaused_qty(shrink_qty) -%}
    {{ shrink_qty }}
    {%- for cause in shrink_causes() %}
        - {{ cause }}_qty
    {%- endfor %}
{%- endmacro %}

{# The scopes that losses roll up to: type -> id, over a row of int_lag__shrink_record. #}
{% macro shrink_scopes() -%}
    {{ return({
        'location_zone_category': "location_id || '|' || zone || '|' || category",
        'location_zone': "location_id || '|' || zone",
        'sku': 'sku_id',
        'category': 'category',
        'location': 'location_id',
        'region': 'region_id',
        'division': 'division_code',
        'company': 'company_code',
    }) }}
{%- endmacro %}

{# The sums of losses, in the order of the columns: what a record's quarter holds and its scopes add up; opening_amount
   stands after them. #}
{% macro shrink_amounts() -%}
    {{ return([
        'all_value_days', 'counted_value_days', 'cost_loss_amount', 'cost_found_amount', 'cogs_amount', 'value_days',
        'retail_loss_amount', 'retail_found_amount', 'net_sales_amount', 'theft_external_amount',
        'theft_internal_amount', 'process_amount', 'damage_amount', 'unknown_amount',
    ]) }}
{%- endmacro %}

{% macro shrink_counts() -%}
    {{ return(['count_count', 'priced_count', 'costed_count', 'opening_count']) }}
{%- endmacro %}
