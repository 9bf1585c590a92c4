{{ config(materialized='view') }}
-- Stock, cost of sales and net sales of each stock record and month, and whether a cost or rate is missing among them.
with stock_months as (
    select
        *,
        lag(closing_amount) over (partition by sku_id, location_id order by month_start_date) as opening_amount
    from {{ ref('int_lag__stock_value_month') }}
),

sales_months as (
    select * from {{ ref('int_lag__sales_month') }}
),

final as (
    select
        stock_months.sku_id,
        stock_months.location_id,
        stock_months.month_start_date,
        stock_months.known_day_count,
        stock_months.qty_days,
        stock_months.known_cost_qty_days,
        stock_months.value_days,
        stock_months.opening_amount,
        stock_months.closing_amount,
        stock_months.cogs_amount,
        cast(coalesce(sales_months.net_sales_amount, 0) as decimal(24, 4)) as net_sales_amount,
        stock_months.value_days is null or stock_months.cogs_amount is null
        or coalesce(sales_months.has_unrated_sales, false) as is_uncosted
    from stock_months
    left join sales_months using (sku_id, location_id, month_start_date)
)

select * from final
