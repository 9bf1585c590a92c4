-- One row per warehouse. Its zones (input, storage, output) are places inside it, not locations of the contract. Dates have
-- no time of day, so the zone of the business date is UTC: every date stays the date in the table.
select
    code as location_code,
    name as location_name,
    'warehouse' as location_type,
    'UTC' as time_zone,
    'tryton_wh' as wms_site
from stock_location
where type = 'warehouse'
