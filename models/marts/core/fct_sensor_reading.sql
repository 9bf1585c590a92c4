with readings as (
    select * from {{ ref('stg_unified__sensor_reading') }}
    where quarantine_rule is null
),

final as (
    select
        gateway_code,
        sensor_id,
        location_id,
        zone,
        read_at,
        read_date,
        temperature_celsius,
        humidity_pct
    from readings
)

select * from final
