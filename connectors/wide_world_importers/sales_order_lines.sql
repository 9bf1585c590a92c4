-- Sales order lines, in unit packages. Order dates have no time of day: ordered_at is their midnight. What could not be
-- picked moves to an order of its own with the date first asked for, so every line stands once, against its first wish;
-- no promise to the customer is kept beside that. Nothing is ever cancelled: a line that was not picked is open.
select
    orders.OrderID::bigint::varchar as order_number,
    lines.OrderLineID::bigint::varchar as line_number,
    orders.CustomerID::bigint::varchar as customer_code,
    lines.StockItemID::bigint::varchar as item_code,
    'wwi_main' as location_code,
    orders.OrderDate::timestamp as ordered_at,
    orders.ExpectedDeliveryDate::date as requested_date,
    lines.Quantity::decimal(18, 4) as ordered_qty,
    'EA' as uom,
    lines.UnitPrice::decimal(18, 6) as unit_price,
    'USD' as currency,
    case when lines.PickedQuantity < lines.Quantity then 'open' else 'shipped' end as status
from "Sales.OrderLines" as lines
left join "Sales.Orders" as orders using (OrderID)
