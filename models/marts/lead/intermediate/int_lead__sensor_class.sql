-- Which class of goods each sensor watches, by the word of its zone; a sensor without a zone watches them all.
with intervals as (
    select distinct
        gateway_code,
        sensor_id,
        location_id,
        zone
    from {{ ref('int_lead__sensor_interval') }}
),

storage_zones as (
    select * from {{ ref('storage_zones') }}
),

bands as (
    select * from {{ ref('int_lead__storage_band') }}
),

final as (
    select
        intervals.gateway_code,
        intervals.sensor_id,
        intervals.location_id,
        intervals.zone,
        bands.storage_band_id,
        bands.storage_class,
        bands.storage_min_celsius,
        bands.storage_max_celsius,
        bands.storage_min_humidity_pct,
        bands.storage_max_humidity_pct,
        bands.reference_storage_celsius
    from intervals
    left join storage_zones on lower(trim(intervals.zone)) = storage_zones.zone_word
    inner join bands on intervals.zone = '-' or storage_zones.storage_class = bands.storage_class
)

select * from final
