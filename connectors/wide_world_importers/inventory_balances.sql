-- Stock on hand as the item's holding says. A holding is current, not dated: it speaks of the latest edit of the ledger.
-- It does not equal the sum of the ledger for any item, since the opening balance never entered the ledger.
select
    StockItemID::bigint::varchar as item_code,
    'wwi_main' as location_code,
    QuantityOnHand::decimal(18, 4) as on_hand_qty,
    'EA' as uom,
    (select max(LastEditedWhen)::timestamp from "Warehouse.StockItemTransactions") as as_of,
    LastEditedWhen::timestamp as last_movement_at
from "Warehouse.StockItemHoldings"
