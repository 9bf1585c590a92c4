-- Events whose first day had an order line larger than nearly all of the year before.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

order_lines as (
    select * from {{ ref('fct_sales_order_line') }}
),

size_policy as (
    {{ policy_as_of(
        ['oos_large_order_ratio', 'oos_large_order_days'], over='stockouts', as_of='stockout_start_date'
    ) }}
),

largest as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        max(order_lines.ordered_qty) as largest_order_qty
    from stockouts
    inner join order_lines
        on
            stockouts.sku_id = order_lines.sku_id
            and stockouts.location_id = order_lines.location_id
            and stockouts.stockout_start_date = order_lines.ordered_date
    group by stockouts.sku_id, stockouts.location_id, stockouts.stockout_start_date
),

ranked as (
    select
        largest.sku_id,
        largest.location_id,
        largest.stockout_start_date,
        largest.largest_order_qty,
        size_policy.oos_large_order_ratio,
        count(*) as line_count,
        count(*) filter (where order_lines.ordered_qty < largest.largest_order_qty) as smaller_line_count
    from largest
    inner join size_policy using (stockout_start_date)
    inner join order_lines
        on
            largest.sku_id = order_lines.sku_id
            and largest.location_id = order_lines.location_id
            and largest.stockout_start_date > order_lines.ordered_date
            and {{ days_between('order_lines.ordered_date', 'largest.stockout_start_date') }}
            <= size_policy.oos_large_order_days
    group by
        largest.sku_id, largest.location_id, largest.stockout_start_date, largest.largest_order_qty,
        size_policy.oos_large_order_ratio
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        largest_order_qty,
        cast(line_count as integer) as line_count,
        smaller_line_count >= {{ multiply('line_count', 'oos_large_order_ratio') }} as is_large_order
    from ranked
)

select * from final
