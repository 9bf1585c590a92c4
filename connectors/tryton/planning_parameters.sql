-- One row per order point of a warehouse: min_quantity orders, target_quantity is ordered up to. Tryton keeps no safety stock
-- apart, no service level and no start of validity: it is said to hold from the first move on.
select
    product.code as item_code,
    warehouse.code as location_code,
    cast(point.min_quantity as decimal(18, 4)) as reorder_point_qty,
    cast(point.target_quantity - point.min_quantity as decimal(18, 4)) as order_qty,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    (select min(effective_date) from stock_move) as valid_from
from stock_order_point as point
inner join product_product as product on point.product = product.id
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
left join stock_location as warehouse on point.location = warehouse.id
where point.type = 'purchase'
