-- Where a sensor hung and when. A sensor is at one place only: a period ends where the next begins.
with sensors as (
    select * from {{ ref('stg_iot__sensors') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts('sensors', ['gateway_code', 'sensor_id', 'valid_from_at']) }}
),

final as (
    select
        ranked.gateway_code,
        ranked.sensor_id,
        ranked.division_code,
        ranked.location_code,
        locations.location_id,
        ranked.zone,
        ranked.valid_from_at,
        least(
            coalesce(ranked.valid_to_at, timestamp '9999-12-31 00:00:00'),
            coalesce(
                lead(ranked.valid_from_at) over (
                    partition by ranked.gateway_code, ranked.sensor_id order by ranked.valid_from_at
                ),
                timestamp '9999-12-31 00:00:00'
            )
        ) as valid_to_at
    from ranked
    {{ join_location('ranked') }}
)

select * from final
