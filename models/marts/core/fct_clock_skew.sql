-- What a device's clock said of an event and where the event was put instead: the device's numbers, or the clock of the
-- system that recorded it, said otherwise. Nothing is held back for its clock; goods are counted as they were told.
with clocks as (
    select * from {{ ref('stg_unified__event_clock') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

skew_policy as (
    {{ policy_as_of(['clock_skew_minutes'], over='cutoff', as_of='as_of_date') }}
),

-- The same delivered again is no second event.
events as (
    select distinct
        site_code,
        event_id,
        device_id,
        sequence_no,
        device_at,
        recorded_at,
        occurred_at
    from clocks
),

final as (
    select
        events.site_code,
        events.event_id,
        events.device_id,
        events.sequence_no,
        locations.location_id,
        events.device_at,
        events.recorded_at,
        events.occurred_at,
        {{ seconds_between('events.occurred_at', 'events.device_at') }} as skew_seconds,
        events.device_at > {{ add_minutes('events.occurred_at', 'skew_policy.clock_skew_minutes') }}
        or events.device_at < {{ add_minutes('events.occurred_at', '-skew_policy.clock_skew_minutes') }}
            as is_beyond_limit
    from events
    cross join skew_policy
    left join locations on events.site_code = locations.site_code
)

select * from final
