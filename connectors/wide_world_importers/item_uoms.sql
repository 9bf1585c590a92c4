-- Purchase orders count outers; an outer holds QuantityPerOuter base units, for half of the items exactly one.
select
    StockItemID::bigint::varchar as item_code,
    'OUTER' as uom,
    QuantityPerOuter::decimal(18, 6) as factor_to_base
from "Warehouse.StockItems"
