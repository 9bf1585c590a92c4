-- One row per product and supplier with terms. lead_time is an interval and arrives as text, '12 days' or '@ 12 days'; the price is that
-- of the smallest quantity. Tryton keeps no minimum order and no cost of ordering.
with prices as (
    select
        product_supplier,
        min_by(unit_price, quantity) as unit_price
    from purchase_product_supplier_price
    group by product_supplier
)

select
    product.code as item_code,
    party_party.code as supplier_code,
    row_number() over (partition by product.id order by terms.sequence nulls last, terms.id) = 1 as is_preferred,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    cast(regexp_extract(cast(terms.lead_time as varchar), '(\d+) day', 1) as integer) as planned_lead_time_days,
    prices.unit_price,
    currency_currency.code as currency
from purchase_product_supplier as terms
inner join product_product as product on terms.product = product.id or terms.template = product.template
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
left join party_party on terms.party = party_party.id
left join currency_currency on terms.currency = currency_currency.id
left join prices on terms.id = prices.product_supplier
