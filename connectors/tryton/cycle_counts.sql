-- One row per line of a confirmed inventory. Tryton keeps its day, not its hour: the count stands at the end of that day, since
-- the expected quantity includes what moved on it.
select
    coalesce(inventory.number, cast(inventory.id as varchar)) || '/' || line.id as count_id,
    product.code as item_code,
    zone.code as bin,
    lot.number as lot,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    cast(coalesce(line.expected_quantity, 0) as decimal(18, 4)) as book_qty,
    cast(line.quantity as decimal(18, 4)) as counted_qty,
    cast(inventory.date + 1 as timestamp) - interval 1 second as counted_at
from stock_inventory_line as line
inner join stock_inventory as inventory on line.inventory = inventory.id
inner join product_product as product on line.product = product.id
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
left join stock_location as zone on inventory.location = zone.id
left join stock_lot as lot on line.lot = lot.id
where inventory.state = 'done' and line.quantity is not null
