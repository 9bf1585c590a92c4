-- One row per product and other unit of its unit's category that any document uses. Tryton's factor is base units of the
-- category in one unit.
with used as (
    select product, unit from stock_move
    union
    select product, unit from purchase_line where product is not null
    union
    select product, unit from sale_line where product is not null
)

select
    product.code as item_code,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    cast(uom.factor / base_uom.factor as decimal(18, 6)) as factor_to_base
from used
inner join product_product as product on used.product = product.id
inner join product_template as template on product.template = template.id
inner join product_uom as uom on used.unit = uom.id
inner join product_uom as base_uom on template.default_uom = base_uom.id
where uom.id <> base_uom.id and template.type = 'goods'
