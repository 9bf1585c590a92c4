-- Stock on hand of the plant: the sum of its areas, shelves and bins, in the product's unit. The table is current,
-- not dated: it speaks of the moment of the extract. What is on order, on its way or blocked is not recorded per
-- area.
select
    stock.ProductID as item_code,
    'adventureworks_plant' as location_code,
    sum(stock.Quantity::decimal(18, 4))::decimal(18, 4) as on_hand_qty,
    coalesce(min(units.uom), 'EA') as uom,
    greatest(
        (select max(OrderDate::timestamp) from PurchaseOrderHeader),
        (select max(ModifiedDate::timestamp) from ProductInventory)
    ) as as_of,
    max(stock.ModifiedDate::timestamp) as last_movement_at
from ProductInventory as stock
left join (select distinct ProductID, trim(UnitMeasureCode) as uom from ProductVendor) as units using (ProductID)
group by stock.ProductID
