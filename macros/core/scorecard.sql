{# The shape of the scorecard. What belongs here: words that several steps of models/marts/scorecard share. #}

{# The columns of a KPI's value, in the order of the scorecard. #}
{% macro kpi_value_columns() -%}
    {%- for column in [
        'kpi_id', 'scope_type', 'scope_id', 'period_start_date', 'period_end_date', 'numerator', 'denominator',
        'kpi_value', 'reason_code',
    ] -%}
    {{ column }}{{ ',' if not loop.last }}
    {%- if not loop.last %}
        {% endif %}
    {%- endfor -%}
{%- endmacro %}
