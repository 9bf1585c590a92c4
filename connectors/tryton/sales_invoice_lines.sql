-- One row per goods line of a posted customer invoice. The price holds the discount already, so none is told apart; it has four digits. The goods
-- left on the last shipping day of their order line up to the invoice.
with shipped as (
    select
        origin,
        max(effective_date) as shipped_date
    from stock_move
    where state = 'done' and origin like 'sale.line,%'
    group by origin
)

select
    invoice.number as invoice_number,
    cast(line.id as varchar) as line_number,
    sale.number as order_number,
    cast(sale_line.id as varchar) as order_line_number,
    party_party.code as customer_code,
    product.code as item_code,
    warehouse.code as location_code,
    cast(line.quantity as decimal(18, 4)) as shipped_qty,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    cast(cast(line.quantity as decimal(18, 4)) * cast(line.unit_price as decimal(18, 4)) as decimal(18, 6)) as net_amount,
    currency_currency.code as currency,
    cast(coalesce(shipped.shipped_date, invoice.invoice_date) as timestamp) as shipped_at,
    cast(invoice.invoice_date as timestamp) as invoiced_at
from account_invoice_line as line
inner join account_invoice as invoice on line.invoice = invoice.id
inner join product_product as product on line.product = product.id
left join sale_line on line.origin = 'sale.line,' || sale_line.id
left join sale_sale as sale on sale_line.sale = sale.id
left join shipped on line.origin = shipped.origin
left join product_uom as uom on line.unit = uom.id
left join party_party on invoice.party = party_party.id
left join stock_location as warehouse on sale.warehouse = warehouse.id
left join currency_currency on invoice.currency = currency_currency.id
where line.type = 'line' and invoice.type = 'out' and invoice.state in ('posted', 'paid') and line.quantity >= 0
