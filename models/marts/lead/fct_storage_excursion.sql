-- Times in which a store was too warm or cold, too damp or dry, for the goods it keeps.
with steps as (
    select * from {{ ref('int_lead__storage_step') }}
    where storage_state in ('low', 'high')
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

excursion_policy as (
    {{ policy_as_of(['excursion_min_minutes'], over='cutoff', as_of='as_of_date') }}
),

final as (
    select
        steps.gateway_code,
        steps.sensor_id,
        steps.location_id,
        steps.zone,
        steps.storage_band_id,
        steps.measure,
        steps.storage_state,
        min(steps.read_at) as started_at,
        max(steps.read_at) as last_read_at,
        count(*) as reading_count,
        {{ seconds_as_minutes('sum(steps.held_seconds)') }} as excursion_minutes,
        min(steps.measured_rate) as least_rate,
        max(steps.measured_rate) as most_rate,
        {{ seconds_as_minutes('sum(abs(steps.measured_rate - steps.bound_rate) * steps.held_seconds)') }}
            as degree_minutes
    from steps
    cross join excursion_policy
    group by
        steps.gateway_code, steps.sensor_id, steps.location_id, steps.zone, steps.storage_band_id, steps.measure,
        steps.storage_state, steps.run_number
    having sum(steps.held_seconds) >= max({{ minutes_as_seconds('excursion_policy.excursion_min_minutes') }})
)

select * from final
