-- Every item has one supplier and a typical lead time. It is bought in whole outers: one outer is the order multiple, and
-- a minimum quantity is not recorded. No price list is kept either: prices stand on the order lines alone.
select
    StockItemID::bigint::varchar as item_code,
    SupplierID::bigint::varchar as supplier_code,
    true as is_preferred,
    1::decimal(18, 4) as order_multiple_qty,
    'OUTER' as uom,
    LeadTimeDays::integer as planned_lead_time_days
from "Warehouse.StockItems"
