-- One row per done move that brought goods of a purchase in. Goods that go back to the supplier are a return of their own in
-- Tryton, so nothing is rejected here.
select
    shipment.number || '/' || cast(move.id as varchar) as receipt_number,
    purchase.number as order_number,
    cast(line.id as varchar) as line_number,
    product.code as item_code,
    warehouse.code as location_code,
    cast(move.quantity as decimal(18, 4)) as received_qty,
    cast(0 as decimal(18, 4)) as rejected_qty,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    cast(move.effective_date as timestamp) as received_at
from stock_move as move
inner join purchase_line as line on move.origin = 'purchase.line,' || line.id
inner join purchase_purchase as purchase on line.purchase = purchase.id
inner join product_product as product on move.product = product.id
left join product_uom as uom on move.unit = uom.id
left join stock_location as warehouse on purchase.warehouse = warehouse.id
left join stock_shipment_in as shipment on move.shipment = 'stock.shipment.in,' || shipment.id
where move.state = 'done' and move.quantity > 0
