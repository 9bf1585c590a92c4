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

{# One KPI of a step in the shape of the scorecard, ending with FROM, so that a WHERE may follow. value and reason are
   expressions over a row of `rows`; period names the columns of its first and last day. #}
{% macro kpi_value_branch(kpi_id, rows, part, whole, value, reason, period) -%}
    select
        '{{ kpi_id }}' as kpi_id,
        scope_type,
        scope_id,
        {{ period[0] }} as period_start_date,
        {{ period[1] }} as period_end_date,
        cast({{ part }} as decimal(24, 4)) as numerator,
        cast({{ whole }} as decimal(24, 4)) as denominator,
        {{ value }} as kpi_value,
        {{ reason }} as reason_code
    from {{ rows }}
{%- endmacro %}

{# The reason code where there is no whole, as an expression. #}
{% macro reason_without(whole, code) -%}
    case when {{ whole }} = 0 then '{{ code }}' end
{%- endmacro %}

{# Whether a row says another figure than the one told before, which it has under the names told_<figure>. #}
{% macro is_told_otherwise(rows) -%}
    (
        {%- for name in ['numerator', 'denominator', 'kpi_value', 'reason_code'] %}
        {{ 'or ' if not loop.first }}{{ rows }}.{{ name }} is distinct from {{ rows }}.told_{{ name }}
        {%- endfor %}
    )
{%- endmacro %}
