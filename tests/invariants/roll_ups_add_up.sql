-- A company's cost of sales and stock are the sum of its records', month by month: no scope is missing, none loses or
-- doubles a record.
{% set measures = ['turnover_numerator_amount', 'avg_inventory_amount', 'closing_amount'] %}

with scope_types as (
    select distinct scope_type from {{ ref('bridge_stock_scope') }}
),

totals as (
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
        scope_types.scope_type,
        records.month_start_date
    from totals as records
    cross join scope_types
    left join totals
        on
            scope_types.scope_type = totals.scope_type
            and records.month_start_date = totals.month_start_date
    where
        records.scope_type = 'sku_location'
        and (
            totals.scope_type is null
            {%- for measure in measures %}
            or totals.{{ measure }} <> records.{{ measure }}
            {%- endfor %}
        )
)

select * from final
