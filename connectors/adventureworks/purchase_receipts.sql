-- The database keeps per purchase line what has come and what of it was rejected, no single receipts and no date of
-- them: one receipt per line that has any, on the day the line was last written. For the 57 lines of approved orders
-- that is one technical edit a year or more later (see _connector.yml) and says nothing: their day stays null, and
-- the validator holds them back with that reason.
select
    lines.PurchaseOrderDetailID as receipt_number,
    lines.PurchaseOrderID as order_number,
    lines.PurchaseOrderDetailID as line_number,
    lines.ProductID as item_code,
    'adventureworks_plant' as location_code,
    lines.ReceivedQty::decimal(18, 4) as received_qty,
    lines.RejectedQty::decimal(18, 4) as rejected_qty,
    coalesce(trim(terms.UnitMeasureCode), 'EA') as uom,
    case when orders.Status <> '2' then lines.ModifiedDate::timestamp end as received_at
from PurchaseOrderDetail as lines
left join PurchaseOrderHeader as orders using (PurchaseOrderID)
left join ProductVendor as terms
    on lines.ProductID = terms.ProductID and orders.VendorID = terms.BusinessEntityID
where lines.ReceivedQty::decimal(18, 4) <> 0
