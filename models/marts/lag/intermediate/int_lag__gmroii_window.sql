-- Net sales beside cost of sales and average inventory of each stock record: of the month, and of the twelve months to
-- its end. A record whose cost or rate is missing in a window, or whose division sends no invoices, brings neither
-- sales nor cost into it.
with turnover_windows as (
    select * from {{ ref('int_lag__turnover_window') }}
),

stock_months as (
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
        stock_months.sku_id,
        stock_months.location_id,
        stock_months.month_start_date,
        stock_months.known_day_count,
        stock_months.value_days,
        stock_months.cogs_amount,
        stock_months.value_days is null or stock_months.cogs_amount is null
        or coalesce(sales_months.has_unrated_sales, false) as is_uncosted,
        coalesce(sales_months.has_unrated_sales, false) as has_unrated_sales,
        coalesce(sales_months.net_sales_amount, 0) as net_sales_amount,
        feeds.sales_from_date is not null as is_sales_known,
        coalesce(feeds.sales_from_date <= stock_months.month_start_date, false) as is_sales_complete
    from stock_months
    inner join stock_records using (sku_id, location_id)
    left join feeds on stock_records.division_code = feeds.division_code
    left join sales_months using (sku_id, location_id, month_start_date)
),

windowed as (
    select
        *,
        sum(net_sales_amount) over past_12 as window_sales_amount,
        bool_or(has_unrated_sales) over past_12 as is_window_unrated,
        bool_and(is_sales_complete) over past_12 as is_window_complete
    from joined
    window
        past_12 as (
            partition by sku_id, location_id order by month_start_date
            rows between 11 preceding and current row
        )
),

combined as (
    select
        turnover_windows.*,
        windowed.is_sales_known,
        windowed.is_window_complete,
        windowed.is_window_unrated,
        windowed.window_sales_amount,
        windowed.is_sales_complete as is_month_complete,
        windowed.is_sales_known and not turnover_windows.is_uncosted and not windowed.is_window_unrated
            as is_window_known,
        windowed.is_sales_known and not windowed.is_uncosted as is_month_known,
        windowed.net_sales_amount as all_month_sales_amount,
        windowed.cogs_amount as all_month_cogs_amount,
        {{ divide('windowed.value_days', 'windowed.known_day_count', 4) }} as all_month_inventory_amount
    from turnover_windows
    inner join windowed using (sku_id, location_id, month_start_date)
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        avg_method_used,
        window_day_count,
        known_day_count,
        qty_days,
        known_cost_qty_days,
        is_sales_known,
        is_window_complete,
        is_uncosted or is_window_unrated as is_uncosted,
        cast(window_sales_amount as decimal(24, 4)) as all_sales_amount,
        case when is_window_known then cast(window_sales_amount as decimal(24, 4)) end as net_sales_amount,
        case when is_window_known then cogs_amount end as cogs_amount,
        case when is_window_known then avg_inventory_amount end as avg_inventory_amount,
        is_month_complete,
        case when is_month_known then cast(all_month_sales_amount as decimal(24, 4)) end as month_net_sales_amount,
        case when is_month_known then all_month_cogs_amount end as month_cogs_amount,
        case when is_month_known then all_month_inventory_amount end as month_avg_inventory_amount
    from combined
)

select * from final
