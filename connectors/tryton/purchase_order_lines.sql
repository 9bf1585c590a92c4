-- One row per goods line of a confirmed purchase. Tryton dates an order by day. The promise is the first planned date of the
-- line's moves from the supplier (origin_planned_date), the latest promise their planned date; purchase_line keeps neither.
-- A line is received when no move of it waits any more, closed short when the rest was cancelled.
with moves as (
    select
        cast(split_part(origin, ',', 2) as bigint) as line_id,
        min(origin_planned_date) as first_promise,
        max(planned_date) as last_promise,
        max(effective_date) filter (where state = 'done') as last_date,
        count(*) filter (where state in ('draft', 'assigned', 'staging')) as open_count,
        count(*) filter (where state = 'done') as done_count,
        count(*) filter (where state = 'cancelled') as cancelled_count
    from stock_move
    where origin like 'purchase.line,%'
    group by all
)

select
    purchase.number as order_number,
    cast(line.id as varchar) as line_number,
    product.code as item_code,
    party_party.code as supplier_code,
    warehouse.code as location_code,
    cast(purchase.purchase_date as timestamp) as created_at,
    cast(purchase.purchase_date as timestamp) as sent_at,
    moves.first_promise as original_promised_date,
    moves.last_promise as promised_date,
    case when moves.open_count = 0 then cast(moves.last_date as timestamp) end as closed_at,
    cast(line.quantity as decimal(18, 4)) as ordered_qty,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    line.unit_price,
    currency_currency.code as currency,
    case
        when purchase.state = 'cancelled' then 'cancelled'
        when moves.open_count > 0 or moves.line_id is null then 'open'
        when moves.done_count = 0 then 'cancelled'
        when moves.cancelled_count > 0 then 'closed_short'
        else 'received'
    end as status
from purchase_line as line
inner join purchase_purchase as purchase on line.purchase = purchase.id
inner join product_product as product on line.product = product.id
left join product_uom as uom on line.unit = uom.id
left join party_party on purchase.party = party_party.id
left join stock_location as warehouse on purchase.warehouse = warehouse.id
left join currency_currency on purchase.currency = currency_currency.id
left join moves on line.id = moves.line_id
where line.type = 'line' and purchase.state not in ('draft', 'quotation') and line.quantity >= 0
