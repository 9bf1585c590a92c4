-- What each sensor knew of a business day for the goods it watches. Time that no reading stands for, or one that cannot
-- be trusted, is unknown, never safe.
with band_readings as (
    select * from {{ ref('int_lead__band_reading') }}
),

final as (
    select
        gateway_code,
        sensor_id,
        location_id,
        zone,
        storage_band_id,
        read_date,
        cast(sum(case when temperature_state is not null then held_seconds else 0 end) as bigint) as known_seconds,
        cast(sum(case when temperature_state is null then held_seconds else 0 end + lost_seconds) as bigint)
            as unknown_seconds,
        cast(sum(
            case
                when temperature_state = 'safe' and coalesce(humidity_state, 'safe') = 'safe' then held_seconds
                else 0
            end
        ) as bigint) as safe_seconds,
        cast(coalesce(sum(heat_rate * held_seconds) filter (where temperature_state is not null), 0) as decimal(30, 6))
            as heat_rate,
        cast(
            coalesce(sum(ageing_rate * held_seconds) filter (where temperature_state is not null), 0) as decimal(30, 6)
        ) as ageing_rate,
        min(temperature_celsius) filter (where temperature_state is not null) as least_celsius,
        cast(sum(case when is_stuck then held_seconds else 0 end) as bigint) as stuck_seconds,
        count(*) filter (where is_spike) as spike_count,
        count(*) filter (where is_before_gap) as gap_count
    from band_readings
    group by gateway_code, sensor_id, location_id, zone, storage_band_id, read_date
)

select * from final
