-- The database plans with a reorder level and a level to fill up to, in base units; their difference is the quantity
-- ordered at the reorder level. There is one setting per item and no history of it: it is taken as valid from the first
-- day of the ledger. Safety stock, service level and who set it are not recorded.
select
    StockItemID::bigint::varchar as item_code,
    'wwi_main' as location_code,
    ReorderLevel::decimal(18, 4) as reorder_point_qty,
    (TargetStockLevel - ReorderLevel)::decimal(18, 4) as order_qty,
    'EA' as uom,
    (select min(TransactionOccurredWhen)::date from "Warehouse.StockItemTransactions") as valid_from
from "Warehouse.StockItemHoldings"
