-- The level at which a purchase or work order is triggered, for the plant. There is no history of it: it is taken as
-- valid from the product's first day. The contract's safety stock lies inside the reorder point; what AdventureWorks
-- calls safety stock level is the least quantity to keep and lies above the reorder point for every product: it is
-- another thing and is not landed. Order quantities, service levels and who set them are not recorded.
select
    ProductID as item_code,
    'adventureworks_plant' as location_code,
    ReorderPoint::decimal(18, 4) as reorder_point_qty,
    coalesce(units.uom, 'EA') as uom,
    SellStartDate::timestamp::date as valid_from
from Product
left join (select distinct ProductID, trim(UnitMeasureCode) as uom from ProductVendor) as units using (ProductID)
