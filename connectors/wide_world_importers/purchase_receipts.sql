-- The database keeps per purchase line what has come and when the last of it came, no single receipts: one receipt per
-- line that has any. The receipt date has no time of day: received_at is its midnight. Rejections are not recorded.
select
    PurchaseOrderLineID::bigint::varchar as receipt_number,
    PurchaseOrderID::bigint::varchar as order_number,
    PurchaseOrderLineID::bigint::varchar as line_number,
    StockItemID::bigint::varchar as item_code,
    'wwi_main' as location_code,
    ReceivedOuters::decimal(18, 4) as received_qty,
    'OUTER' as uom,
    LastReceiptDate::timestamp as received_at
from "Purchasing.PurchaseOrderLines"
where ReceivedOuters <> 0 or LastReceiptDate is not null
