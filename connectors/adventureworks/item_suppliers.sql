-- Terms of purchase, in the product's unit. The preference is a mark on the vendor, not on the product: a vendor is
-- the preferred one of a product when it alone sells it, or alone among its vendors carries the mark; where two carry
-- it, nobody is. A multiple of the order quantity and the cost of an order are not recorded.
with marks as (
    select
        terms.ProductID,
        count(*) as vendors,
        count(*) filter (vendors.PreferredVendorStatus = '1') as marked
    from ProductVendor as terms
    left join Vendor as vendors using (BusinessEntityID)
    group by terms.ProductID
)

select
    terms.ProductID as item_code,
    terms.BusinessEntityID as supplier_code,
    marks.vendors = 1 or (marks.marked = 1 and coalesce(vendors.PreferredVendorStatus = '1', false)) as is_preferred,
    terms.MinOrderQty::decimal(18, 4) as moq_qty,
    trim(terms.UnitMeasureCode) as uom,
    terms.AverageLeadTime::integer as planned_lead_time_days,
    terms.StandardPrice::decimal(18, 6) as unit_price,
    'USD' as currency
from ProductVendor as terms
left join marks using (ProductID)
left join Vendor as vendors using (BusinessEntityID)
