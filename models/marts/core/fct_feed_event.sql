-- The events that first came in within the days of the policy: what the present latency is measured on. A replay of old
-- events is no late event, so the first delivery speaks.
with deliveries as (
    select * from {{ ref('stg_unified__feed_event') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

window_policy as (
    {{ policy_as_of(['latency_window_days'], over='cutoff', as_of='as_of_date') }}
),

recent as (
    select deliveries.*
    from deliveries
    cross join window_policy
    where deliveries.extracted_at > {{ add_days('window_policy.as_of_date', '-window_policy.latency_window_days') }}
),

-- Earlier deliveries are looked up for the few recent events, not ranked over the whole history.
ranked as (
    select
        *,
        row_number() over (
            partition by source, instance, entity, event_key
            order by extracted_at, batch_id, event_at, recorded_at
        ) as delivery_rank
    from deliveries
    where
        (source, instance, entity, event_key) in (
            select
                recent.source,
                recent.instance,
                recent.entity,
                recent.event_key
            from recent
        )
),

final as (
    select
        ranked.source,
        ranked.instance,
        ranked.entity,
        ranked.event_key,
        ranked.batch_id,
        ranked.event_at,
        ranked.recorded_at,
        ranked.extracted_at,
        {{ seconds_between('ranked.event_at', 'ranked.recorded_at') }} as record_seconds,
        {{ seconds_between('ranked.event_at', 'ranked.extracted_at') }} as extraction_seconds,
        ranked.extracted_at < ranked.event_at or ranked.recorded_at < ranked.event_at as is_clock_skewed
    from ranked
    cross join window_policy
    where
        ranked.delivery_rank = 1
        and ranked.extracted_at > {{ add_days('window_policy.as_of_date', '-window_policy.latency_window_days') }}
)

select * from final
