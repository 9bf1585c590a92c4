-- Readings beside their neighbours at the same place, and the runs in which a sensor says the same again and again.
with readings as (
    select * from {{ ref('fct_sensor_reading') }}
),

neighbours as (
    select
        *,
        lag(temperature_celsius) over by_sensor as before_celsius,
        lead(temperature_celsius) over by_sensor as after_celsius,
        lead(read_at) over by_sensor as next_read_at,
        lag(read_at) over by_sensor as before_read_at,
        coalesce(temperature_celsius = lag(temperature_celsius) over by_sensor, false) as is_same
    from readings
    window by_sensor as (partition by gateway_code, sensor_id, location_id, zone order by read_at)
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
        humidity_pct,
        before_celsius,
        after_celsius,
        next_read_at,
        before_read_at,
        is_same,
        cast(
            sum(case when is_same then 0 else 1 end) over (
                partition by gateway_code, sensor_id, location_id, zone order by read_at
            ) as bigint
        ) as same_run_number
    from neighbours
)

select * from final
