-- The one plant. What AdventureWorks calls locations (tool crib, paint shop, final assembly ...) are its areas:
-- orders and reorder points are for the plant as a whole, no table says for which area. Stock of all areas is
-- therefore stock of the plant (inventory_balances.sql). Timestamps carry no zone: it is declared as UTC, so that
-- business dates here are the dates in the tables. No warehouse system is among the extracts, and the country hangs
-- on an address table that is not.
select
    'adventureworks_plant' as location_code,
    'Adventure Works plant' as location_name,
    'plant' as location_type,
    'UTC' as time_zone,
    'adventureworks_plant' as wms_site
