-- What each reading stands for: the time to the next one, up to the longest gap, if the sensor can be trusted then. A
-- spike and a sensor that sticks say nothing. What comes after the last reading has not been told yet and is no gap.
with steps as (
    select * from {{ ref('int_lead__sensor_step') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

sensor_policy as (
    {{ policy_as_of(
        ['sensor_max_gap_minutes', 'sensor_flat_minutes', 'sensor_jump_celsius', 'mkt_activation_kelvin'],
        over='cutoff', as_of='as_of_date'
    ) }}
),

{% set run = 'partition by steps.gateway_code, steps.sensor_id, steps.location_id, steps.zone, steps.same_run_number' %}
{% set first_at = 'min(steps.read_at) over (' ~ run ~ ')' %}
{% set last_at = 'max(steps.read_at) over (' ~ run ~ ')' %}

runs as (
    select
        steps.*,
        sensor_policy.mkt_activation_kelvin,
        {{ seconds_between('steps.read_at', 'coalesce(steps.next_read_at, cutoff.as_of_at)') }} as next_seconds,
        {{ minutes_as_seconds('sensor_policy.sensor_max_gap_minutes') }} as max_gap_seconds,
        {{ seconds_between(first_at, last_at) }} >= {{ minutes_as_seconds('sensor_policy.sensor_flat_minutes') }} as is_stuck,
        {{ kpi_is_spike(
            'steps.before_celsius', 'steps.temperature_celsius', 'steps.after_celsius', 'sensor_policy.sensor_jump_celsius'
        ) }} as is_spike
    from steps
    cross join cutoff
    inner join sensor_policy on cutoff.as_of_date = sensor_policy.as_of_date
),

final as (
    select
        gateway_code,
        sensor_id,
        location_id,
        coalesce(zone, '-') as zone,
        read_at,
        read_date,
        temperature_celsius,
        humidity_pct,
        is_stuck,
        is_spike,
        next_read_at is not null and next_seconds > max_gap_seconds as is_before_gap,
        coalesce({{ seconds_between('before_read_at', 'read_at') }} > max_gap_seconds, true) as is_after_gap,
        cast(greatest(least(next_seconds, max_gap_seconds), 0) as bigint) as held_seconds,
        cast(case when next_read_at is null then 0 else greatest(next_seconds - max_gap_seconds, 0) end as bigint)
            as lost_seconds,
        {{ kpi_heat_factor('temperature_celsius', 'mkt_activation_kelvin') }} as heat_rate
    from runs
)

select * from final
