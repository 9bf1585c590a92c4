-- The one warehouse. Timestamps in the database are local wall time without a zone: the zone is declared as UTC, so that
-- business dates here are the dates in the tables. The price is that clock times are the warehouse's own, not UTC.
select
    'wwi_main' as location_code,
    'Wide World Importers warehouse' as location_name,
    'warehouse' as location_type,
    'US' as country,
    'UTC' as time_zone,
    'wwi_main' as wms_site
