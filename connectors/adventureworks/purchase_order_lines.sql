-- Purchase order lines, in the product's unit. There is one due date per line: it is both the first and the latest
-- promise (for 7 lines it lies before the order, as in the table). Pending and approved orders (1, 2) are open.
-- Rejected and complete ones (3, 4) expect nothing more: they are closed, on the day of the order's last edit. All
-- lines of a rejected order have come and were refused in part or whole, so they are not cancelled. Orders name no
-- place: it is the plant.
select
    orders.PurchaseOrderID as order_number,
    lines.PurchaseOrderDetailID as line_number,
    lines.ProductID as item_code,
    orders.VendorID as supplier_code,
    'adventureworks_plant' as location_code,
    orders.OrderDate::timestamp as created_at,
    lines.DueDate::timestamp::date as original_promised_date,
    lines.DueDate::timestamp::date as promised_date,
    case when orders.Status in ('3', '4') then orders.ModifiedDate::timestamp end as closed_at,
    lines.OrderQty::decimal(18, 4) as ordered_qty,
    coalesce(trim(terms.UnitMeasureCode), 'EA') as uom,
    lines.UnitPrice::decimal(18, 6) as unit_price,
    'USD' as currency,
    case
        when orders.Status in ('1', '2') then 'open'
        when orders.Status in ('3', '4') and lines.ReceivedQty::decimal(18, 4) < lines.OrderQty::decimal(18, 4)
            then 'closed_short'
        when orders.Status in ('3', '4') then 'received'
        else 'order status ' || orders.Status
    end as status
from PurchaseOrderDetail as lines
left join PurchaseOrderHeader as orders using (PurchaseOrderID)
left join ProductVendor as terms
    on lines.ProductID = terms.ProductID and orders.VendorID = terms.BusinessEntityID
