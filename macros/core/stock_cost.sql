{# What steps that value stock share. What belongs here: joins and sums in one word; what a figure is stands in macros/kpi. #}

{# The unit cost that held on a day: a left join of `unit_costs`, a CTE over fct_unit_cost, that never fans out. #}
{% macro join_unit_cost(rows, day) %}
    left join unit_costs
        on
            {{ rows }}.sku_id = unit_costs.sku_id
            and {{ rows }}.location_id = unit_costs.location_id
            and {{ day }} >= unit_costs.valid_from_date
            and {{ day }} < unit_costs.valid_to_date
{% endmacro %}

{# The rates of a stock record's month: a left join of `rates`, a CTE over int_lag__record_rate. #}
{% macro join_record_rate(rows, month) %}
    left join rates
        on
            {{ rows }}.sku_id = rates.sku_id
            and {{ rows }}.location_id = rates.location_id
            and {{ month }} = rates.month_start_date
{% endmacro %}

{# The month that a day lies in. #}
{% macro month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# Two rows for each interval of `rows`: on its first day a quantity goes, on the day after its last it comes back. #}
{% macro both_ends_of(rows, qty) %}
    {%- for end, sign in {'from': '-', 'to': ''}.items() %}
    select
        sku_id,
        location_id,
        valid_{{ end }}_date as changed_date,
        {{ sign }}{{ qty }} as changed_qty
    from {{ rows }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
