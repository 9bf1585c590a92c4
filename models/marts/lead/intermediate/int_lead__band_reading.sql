-- Each reading against the bounds of the goods it watches; what cannot be trusted has no state.
with intervals as (
    select * from {{ ref('int_lead__sensor_interval') }}
),

sensor_classes as (
    select * from {{ ref('int_lead__sensor_class') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

ageing_policy as (
    {{ policy_as_of(['shelf_life_q10'], over='cutoff', as_of='as_of_date') }}
),

final as (
    select
        intervals.gateway_code,
        intervals.sensor_id,
        intervals.location_id,
        intervals.zone,
        intervals.read_at,
        intervals.read_date,
        intervals.temperature_celsius,
        intervals.humidity_pct,
        intervals.is_stuck,
        intervals.is_spike,
        intervals.is_before_gap,
        intervals.is_after_gap,
        intervals.held_seconds,
        intervals.lost_seconds,
        intervals.heat_rate,
        sensor_classes.storage_band_id,
        sensor_classes.storage_min_celsius,
        sensor_classes.storage_max_celsius,
        sensor_classes.storage_min_humidity_pct,
        sensor_classes.storage_max_humidity_pct,
        case when not (intervals.is_stuck or intervals.is_spike) then {{ kpi_storage_state(
            'intervals.temperature_celsius', 'sensor_classes.storage_min_celsius', 'sensor_classes.storage_max_celsius'
        ) }} end as temperature_state,
        case when not (intervals.is_stuck or intervals.is_spike) then {{ kpi_storage_state(
            'intervals.humidity_pct', 'sensor_classes.storage_min_humidity_pct', 'sensor_classes.storage_max_humidity_pct'
        ) }} end as humidity_state,
        {{ kpi_ageing_factor(
            'intervals.temperature_celsius', 'sensor_classes.reference_storage_celsius', 'ageing_policy.shelf_life_q10'
        ) }} as ageing_rate
    from intervals
    inner join sensor_classes using (gateway_code, sensor_id, location_id, zone)
    cross join ageing_policy
)

select * from final
