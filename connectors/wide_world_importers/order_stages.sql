-- When each order line was picked: the one stage that the database keeps. Per day and item the picks are the issues of the
-- ledger; invoices name no order among the extracts, so the pick is what tells that a line left.
select
    OrderID::bigint::varchar as order_number,
    OrderLineID::bigint::varchar as line_number,
    'picked' as stage,
    StockItemID::bigint::varchar as item_code,
    PickedQuantity::decimal(18, 4) as qty,
    'EA' as uom,
    PickingCompletedWhen::timestamp as occurred_at
from "Sales.OrderLines"
where PickedQuantity > 0
