-- A company's cost of sales and stock are the sum of its records', month by month: no scope loses or doubles one.
{% set measures = ['turnover_numerator_amount', 'avg_inventory_amount', 'closing_amount'] %}

with totals as (
    select
        scope_type,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        month_start_date
    from {{ ref('kpi_inventory_turnover') }}
    group by scope_type, month_start_date
),

final as (
    select
        totals.scope_type,
        totals.month_start_date
    from totals
    inner join totals as records on totals.month_start_date = records.month_start_date
    where
        records.scope_type = 'sku_location'
        and (
            {%- for measure in measures %}
            totals.{{ measure }} <> records.{{ measure }}{{ ' or' if not loop.last }}
            {%- endfor %}
        )
)

select * from final
