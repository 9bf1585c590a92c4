-- One row per order line that was shipped: Tryton keeps the day of shipping, and of no other stage.
select
    sale.number as order_number,
    cast(sale_line.id as varchar) as line_number,
    'shipped' as stage,
    product.code as item_code,
    cast(sum(cast(move.internal_quantity as decimal(18, 4))) as decimal(18, 4)) as qty,
    any_value(case uom.symbol when 'u' then 'EA' else uom.symbol end) as uom,
    max(shipment.number) as shipment_number,
    cast(max(move.effective_date) as timestamp) as occurred_at
from stock_move as move
inner join sale_line on move.origin = 'sale.line,' || sale_line.id
inner join sale_sale as sale on sale_line.sale = sale.id
inner join product_product as product on move.product = product.id
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
left join stock_shipment_out as shipment on move.shipment = 'stock.shipment.out,' || shipment.id
where move.state = 'done'
group by sale.number, sale_line.id, product.code
