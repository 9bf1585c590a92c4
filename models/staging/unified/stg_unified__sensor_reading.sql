-- What sensors read, where they hung then. A reading of a sensor or at a location that no master knows waits.
with readings as (
    select * from {{ ref('stg_iot__readings') }}
),

sensors as (
    select * from {{ ref('stg_unified__sensor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

local_days as (
    select * from {{ ref('stg_unified__local_day') }}
),

superseded as (
    {{ superseded_rows(ref('stg_iot__readings'), ['gateway_code', 'sensor_id', 'read_at']) }}
),

final as (
    select
        readings.gateway_code,
        readings.sensor_id,
        sensors.location_id,
        sensors.zone,
        readings.read_at,
        {{ local_business_date('readings.read_at', 'locations.time_zone') }} as read_date,
        readings.temperature_celsius,
        readings.humidity_pct,
        case
            when sensors.sensor_id is null then 'unknown_sensor'
            when sensors.location_id is null then 'unknown_location'
        end as quarantine_rule,
        {{ lineage_columns('readings') }}
    from readings
    left join superseded
        on
            readings._meta_file = superseded._meta_file
            and readings._meta_row = superseded._meta_row
    left join sensors
        on
            readings.gateway_code = sensors.gateway_code
            and readings.sensor_id = sensors.sensor_id
            and readings.read_at >= sensors.valid_from_at
            and readings.read_at < sensors.valid_to_at
    left join locations on sensors.location_id = locations.location_id
    {{ join_local_day('readings.read_at', 'locations.time_zone') }}
    where superseded._meta_row is null
)

select * from final
