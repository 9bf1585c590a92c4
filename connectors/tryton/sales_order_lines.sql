-- One row per goods line of a confirmed sale. Tryton dates an order by day and keeps no promise to the customer; shipping_date
-- is the day that was asked for. A line is shipped when nothing of it waits, closed short when a part was given up.
with moves as (
    select
        cast(split_part(origin, ',', 2) as bigint) as line_id,
        count(*) filter (where state in ('draft', 'assigned', 'staging')) as open_count,
        count(*) filter (where state = 'done') as done_count,
        count(*) filter (where state = 'cancelled') as cancelled_count
    from stock_move
    where origin like 'sale.line,%'
    group by all
)

select
    sale.number as order_number,
    cast(line.id as varchar) as line_number,
    party_party.code as customer_code,
    product.code as item_code,
    warehouse.code as location_code,
    cast(sale.sale_date as timestamp) as ordered_at,
    sale.shipping_date as requested_date,
    cast(line.quantity as decimal(18, 4)) as ordered_qty,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    line.unit_price,
    currency_currency.code as currency,
    case
        when sale.state = 'cancelled' then 'cancelled'
        when moves.open_count > 0 or moves.line_id is null then 'open'
        when moves.done_count = 0 then 'cancelled'
        when moves.cancelled_count > 0 then 'closed_short'
        else 'shipped'
    end as status
from sale_line as line
inner join sale_sale as sale on line.sale = sale.id
inner join product_product as product on line.product = product.id
left join product_uom as uom on line.unit = uom.id
left join party_party on sale.party = party_party.id
left join stock_location as warehouse on sale.warehouse = warehouse.id
left join currency_currency on sale.currency = currency_currency.id
left join moves on line.id = moves.line_id
where line.type = 'line' and sale.state not in ('draft', 'quotation') and line.quantity >= 0
