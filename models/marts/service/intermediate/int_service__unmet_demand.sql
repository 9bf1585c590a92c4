-- What customers asked for by a day and did not get by it, by SKU and location; and from when a location's orders
-- are known.
with order_lines as (
    select * from {{ ref('int_service__order_line_fill') }}
    where fill_reason is null
),

known as (
    select
        location_id,
        min(due_date) as orders_from_date
    from order_lines
    group by location_id
),

final as (
    select
        order_lines.sku_id,
        order_lines.location_id,
        order_lines.due_date,
        known.orders_from_date,
        cast(sum(order_lines.asked_qty - order_lines.filled_qty) as decimal(18, 4)) as unmet_qty
    from order_lines
    inner join known on order_lines.location_id = known.location_id
    group by order_lines.sku_id, order_lines.location_id, order_lines.due_date, known.orders_from_date
)

select * from final
