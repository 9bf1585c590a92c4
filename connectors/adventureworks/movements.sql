-- No ledger of stock is among the extracts. What the database says is in stock enters ours once, as the opening
-- balance of each area, shelf and bin, at the moment the table speaks of: without it the plant would look empty. So
-- balance and ledger agree here because they are one table read twice, not because two systems say the same.
select
    stock.ProductID || '-' || stock.LocationID as event_id,
    'opening_balance' as event_type,
    stock.ProductID as item_code,
    'area ' || stock.LocationID || ', shelf ' || stock.Shelf || ', bin ' || stock.Bin as to_bin,
    stock.Quantity::decimal(18, 4) as qty,
    coalesce(units.uom, 'EA') as uom,
    extract.moment as occurred_at,
    extract.moment as recorded_at
from ProductInventory as stock
left join (select distinct ProductID, trim(UnitMeasureCode) as uom from ProductVendor) as units using (ProductID)
cross join (
    select
        greatest(
            (select max(OrderDate::timestamp) from PurchaseOrderHeader),
            (select max(ModifiedDate::timestamp) from ProductInventory)
        ) as moment
) as extract
