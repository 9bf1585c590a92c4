{# Sums that turnover and weeks of supply are taken from. What belongs here: words that several steps of
   kpi_primary_lag_indicator share. #}

{# The columns summed. #}
{% macro lag_indicator_columns() -%}
    {{ return([
        'turnover_numerator_amount', 'avg_inventory_amount', 'closing_amount', 'cogs_91_amount', 'known_day_count',
        'window_day_count'
    ]) }}
{%- endmacro %}

{# The columns as sums over records or segments; days known are those of the longest history, as in turnover. #}
{% macro lag_indicator_sums() -%}
    {%- for column in lag_indicator_columns() -%}
    {%- if column.endswith('_amount') -%}
    cast(sum({{ column }}) as decimal(24, 4)) as {{ column }}
    {%- else -%}
    cast(max({{ column }}) as integer) as {{ column }}
    {%- endif -%}
    {{ ',' if not loop.last }}
    {%- if not loop.last %}
        {% endif %}
    {%- endfor -%}
{%- endmacro %}
