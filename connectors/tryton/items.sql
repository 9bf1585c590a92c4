-- One row per product that is kept in stock. A template carries what its variants share. The first category is taken where
-- a product has several. Tryton's symbol for pieces is u; all other symbols pass as they are.
with categories as (
    select
        assigned.template,
        min_by(product_category.name, product_category.id) as category
    from "product_template-product_category" as assigned
    inner join product_category on assigned.category = product_category.id
    group by assigned.template
),

gtins as (
    select
        product,
        min_by(code, (sequence, id)) as gtin
    from product_identifier
    where type = 'ean'
    group by product
),

prices as (
    select
        template,
        max(list_price) as list_price
    from product_list_price
    where product is null
    group by template
)

select
    product.code as item_code,
    template.name as description,
    categories.category,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as base_uom,
    gtins.gtin,
    case when product.active and template.active then 'active' else 'discontinued' end as status,
    replacement.code as superseded_by,
    prices.list_price,
    (select code from currency_currency where id = (select currency from company_company)) as currency
from product_product as product
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
left join categories on template.id = categories.template
left join gtins on product.id = gtins.product
left join prices on template.id = prices.template
left join product_product as replacement on product.replaced_by = replacement.id
where template.type = 'goods'
