-- The database keeps one cost per item, the latest purchase price per unit, and no history of it. It is taken as valid
-- from the first day of the ledger, so every valuation of 2013-2016 uses the cost of May 2016.
select
    StockItemID::bigint::varchar as item_code,
    'last_purchase' as cost_method,
    LastCostPrice::decimal(18, 6) as unit_cost,
    'USD' as currency,
    (select min(TransactionOccurredWhen)::date from "Warehouse.StockItemTransactions") as valid_from
from "Warehouse.StockItemHoldings"
