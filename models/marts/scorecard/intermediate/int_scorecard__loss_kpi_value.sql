-- KPIs of losses and of suppliers in the shape of the scorecard, one branch per registry row.
with shrinkage as (
    select
        *,
        retail_shrink_amount as retail_amount,
        cost_shrink_amount as cost_amount
    from {{ ref('kpi_shrinkage') }}
    where is_quarter_closed
),

suppliers as (
    select
        *,
        'supplier' as scope_type,
        supplier_id as scope_id
    from {{ ref('kpi_supplier_scorecard') }}
    where is_month_closed
),

final as (
    {{ kpi_value_branch(
        'shrinkage_ratio', 'shrinkage', 'retail_amount', 'net_sales_amount', 'shrinkage_ratio', 'shrinkage_reason',
        ('quarter_start_date', 'last_day_date')
    ) }}

    union all

    {{ kpi_value_branch(
        'shrinkage_cost_ratio', 'shrinkage', 'cost_amount', 'cogs_amount', 'shrinkage_cost_ratio',
        'shrinkage_cost_reason', ('quarter_start_date', 'last_day_date')
    ) }}

    union all

    {{ kpi_value_branch(
        'supplier_score_ratio', 'suppliers', 'weighted_parts_ratio', 'known_weight_ratio', 'supplier_score_ratio',
        'supplier_score_reason', ('month_start_date', 'last_day_date')
    ) }}
)

select * from final
