-- Every invoiced line. The invoice table at hand carries dates of another year, so the date is that of the ledger's
-- issues under the same invoice. The amounts are doubles of two digits: cast, never summed before. Discounts are not kept
-- beside the price.
with dates as (
    select
        InvoiceID::bigint as invoice_id,
        min(TransactionOccurredWhen)::timestamp as invoiced_at
    from "Warehouse.StockItemTransactions"
    where InvoiceID is not null
    group by 1
)

select
    lines.InvoiceID::bigint::varchar as invoice_number,
    lines.InvoiceLineID::bigint::varchar as line_number,
    lines.StockItemID::bigint::varchar as item_code,
    'wwi_main' as location_code,
    lines.Quantity::decimal(18, 4) as shipped_qty,
    'EA' as uom,
    lines.ExtendedPrice::decimal(18, 6) - lines.TaxAmount::decimal(18, 6) as net_amount,
    'USD' as currency,
    dates.invoiced_at as shipped_at,
    dates.invoiced_at
from "Sales.InvoiceLines" as lines
left join dates on lines.InvoiceID::bigint = dates.invoice_id
