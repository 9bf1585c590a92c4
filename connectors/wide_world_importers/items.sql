-- Stock items. Stock, sales and the ledger count unit packages (Each, Bag, Packet or Pair): one unit package is the base
-- unit EA. An item is in one to three stock groups; its category is the most specific one, that is the group with the
-- fewest items, the lower id on a tie. No item has a barcode or a status: both stay null.
with groups as (
    select
        StockGroupID,
        count(*) as items
    from "Warehouse.StockItemStockGroups"
    group by StockGroupID
),

categories as (
    select
        membership.StockItemID,
        arg_min(names.StockGroupName, (groups.items, groups.StockGroupID)) as category
    from "Warehouse.StockItemStockGroups" as membership
    inner join groups using (StockGroupID)
    inner join "Warehouse.StockGroups" as names using (StockGroupID)
    group by membership.StockItemID
)

select
    items.StockItemID::bigint::varchar as item_code,
    items.StockItemName as description,
    categories.category,
    items.Brand as brand,
    'EA' as base_uom,
    items.Barcode::bigint::varchar as gtin,
    items.UnitPrice::decimal(18, 6) as list_price,
    'USD' as currency,
    items.ValidFrom::timestamp as updated_at
from "Warehouse.StockItems" as items
left join categories using (StockItemID)
