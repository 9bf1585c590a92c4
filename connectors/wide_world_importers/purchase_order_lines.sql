-- Purchase order lines, in outers. There is one expected date per order: it is both the first and the latest promise.
-- Order dates have no time of day: created_at is their midnight. Sending and confirming are not recorded.
select
    orders.PurchaseOrderID::bigint::varchar as order_number,
    lines.PurchaseOrderLineID::bigint::varchar as line_number,
    lines.StockItemID::bigint::varchar as item_code,
    orders.SupplierID::bigint::varchar as supplier_code,
    'wwi_main' as location_code,
    orders.OrderDate::timestamp as created_at,
    orders.ExpectedDeliveryDate::date as original_promised_date,
    orders.ExpectedDeliveryDate::date as promised_date,
    case when lines.IsOrderLineFinalized then lines.LastEditedWhen::timestamp end as closed_at,
    lines.OrderedOuters::decimal(18, 4) as ordered_qty,
    'OUTER' as uom,
    lines.ExpectedUnitPricePerOuter::decimal(18, 6) as unit_price,
    'USD' as currency,
    case
        when not lines.IsOrderLineFinalized then 'open'
        when lines.ReceivedOuters < lines.OrderedOuters then 'closed_short'
        else 'received'
    end as status
from "Purchasing.PurchaseOrderLines" as lines
left join "Purchasing.PurchaseOrders" as orders using (PurchaseOrderID)
