-- Inventory to sales of each scope and period by both readings, with the reason where there is none.
with periods as (
    select * from {{ ref('int_lag__stock_to_sales_period') }}
),

judged as (
    select
        *,
        {{ kpi_inventory_to_sales_reason(
            'sales_stock_amount', 'net_sales_amount', 'is_period_closed', 'is_sent', 'is_complete'
        ) }} as inventory_to_sales_reason,
        {{ kpi_inventory_to_sales_reason(
            'cogs_stock_amount', 'cogs_amount', 'is_period_closed', 'true', 'known_month_count = month_count'
        ) }} as inventory_to_cogs_reason
    from periods
),

rated as (
    select
        *,
        case
            when inventory_to_sales_reason is null
                then {{ kpi_inventory_to_sales('sales_stock_amount', 'net_sales_amount') }}
        end as inventory_to_sales_ratio,
        case
            when inventory_to_cogs_reason is null
                then {{ kpi_inventory_to_sales('cogs_stock_amount', 'cogs_amount') }}
        end as inventory_to_cogs_ratio
    from judged
),

-- Of one month both ratios are one.
final as (
    select
        *,
        case
            when inventory_to_sales_reason is not null then null
            when month_count > 1 then {{ kpi_stock_to_period_sales('sales_stock_amount', 'net_sales_amount', 'month_count') }}
            else inventory_to_sales_ratio
        end as stock_to_period_sales_ratio,
        case
            when inventory_to_cogs_reason is not null then null
            when month_count > 1 then {{ kpi_stock_to_period_sales('cogs_stock_amount', 'cogs_amount', 'month_count') }}
            else inventory_to_cogs_ratio
        end as stock_to_period_cogs_ratio
    from rated
)

select * from final
