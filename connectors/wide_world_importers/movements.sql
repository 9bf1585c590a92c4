-- The stock ledger, signed, in base units: every row of it, the four stocktake adjustments of zero too. Transaction ids
-- have holes (1, 3, 4, 6 ...), so they are no sequence_no: each hole would read as a lost event. An unknown type keeps
-- its number: the validator then holds the row back by rule known_event_type instead of our guessing a sign.
select
    StockItemTransactionID::bigint::varchar as event_id,
    case TransactionTypeID
        when 10 then 'sales_issue'
        when 11 then 'receipt'
        when 12 then 'adjustment'
        else 'transaction type ' || TransactionTypeID::bigint::varchar
    end as event_type,
    StockItemID::bigint::varchar as item_code,
    Quantity::decimal(18, 4) as qty,
    'EA' as uom,
    TransactionOccurredWhen::timestamp as occurred_at,
    LastEditedWhen::timestamp as recorded_at,
    case
        when InvoiceID is not null then 'invoice ' || InvoiceID::bigint::varchar
        when PurchaseOrderID is not null then 'purchase order ' || PurchaseOrderID::bigint::varchar
    end as reference,
    case when TransactionTypeID = 12 then 'stocktake' end as reason
from "Warehouse.StockItemTransactions"
