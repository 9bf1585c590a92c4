-- Stock at each month's end beside sales of the month, once at selling price and once at cost. Where a cost, a rate or
-- the invoices of the month are missing, neither stock nor sales of the record are in the pair.
with stock_months as (
    select * from {{ ref('int_lag__stock_value_month') }}
),

sales_months as (
    select * from {{ ref('int_lag__sales_month') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

feeds as (
    select * from {{ ref('int_lag__sales_feed') }}
),

joined as (
    select
        stock_months.*,
        coalesce(feeds.sales_from_date <= stock_months.month_start_date, false) as is_sent,
        coalesce(sales_months.net_sales_amount, 0) as net_sales_amount,
        stock_months.closing_amount is not null and stock_months.cogs_amount is not null as is_costed,
        stock_months.closing_amount is not null and not coalesce(sales_months.has_unrated_sales, false) as is_rated
    from stock_months
    inner join stock_records using (sku_id, location_id)
    left join feeds on stock_records.division_code = feeds.division_code
    left join sales_months using (sku_id, location_id, month_start_date)
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        is_sent,
        qty_days,
        known_cost_qty_days,
        case when is_sent and is_rated then closing_amount end as sales_stock_amount,
        case when is_sent and is_rated then cast(net_sales_amount as decimal(24, 4)) end as net_sales_amount,
        case when is_costed then closing_amount end as cogs_stock_amount,
        case when is_costed then cogs_amount end as cogs_amount,
        not is_costed or not is_rated as is_uncosted
    from joined
)

select * from final
