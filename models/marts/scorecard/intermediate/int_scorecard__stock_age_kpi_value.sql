-- KPIs of age, obsolescence and class in the shape of the scorecard, one branch per registry row.
with ageing as (
    select * from {{ ref('rpt_stock_ageing') }}
),

final as (
    {{ kpi_value_branch(
        'aged_stock_ratio', 'ageing', 'aged_amount', 'stock_amount', 'aged_stock_ratio', 'aged_stock_reason',
        ['as_of_date', 'as_of_date']
    ) }}
)

select * from final
