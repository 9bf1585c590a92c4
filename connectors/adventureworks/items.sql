-- Products, made and bought. A product has one unit of measure, written beside its vendors; it is the unit of stock,
-- orders and prices alike, and no table converts any unit, so there is no item_uoms.sql. What is made in the plant is
-- counted in pieces. A list price of 0 means that the product is not sold: missing. Of what is made here the product
-- number is the maker's own; of what is bought the maker's number is not recorded. There is no brand and no barcode.
with units as (
    select distinct
        ProductID,
        trim(UnitMeasureCode) as uom
    from ProductVendor
)

select
    items.ProductID as item_code,
    items.Name as description,
    categories.Name as category,
    subcategories.Name as subcategory,
    coalesce(units.uom, 'EA') as base_uom,
    case when items.MakeFlag = '1' then items.ProductNumber end as mpn,
    case
        when coalesce(items.DiscontinuedDate, items.SellEndDate) is not null then 'discontinued'
        else 'active'
    end as status,
    items.SellStartDate::timestamp::date as launch_date,
    items.SellEndDate::timestamp::date as end_of_life_date,
    nullif(items.ListPrice::decimal(18, 6), 0) as list_price,
    'USD' as currency,
    items.ModifiedDate::timestamp as updated_at
from Product as items
left join units using (ProductID)
left join ProductSubcategory as subcategories using (ProductSubcategoryID)
left join ProductCategory as categories using (ProductCategoryID)
