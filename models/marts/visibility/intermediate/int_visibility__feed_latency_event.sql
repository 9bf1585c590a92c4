-- Recent events with their latency by each path; the central one beside the extraction is known once a run was
-- recorded.
with events as (
    select * from {{ ref('fct_feed_event') }}
),

runs as (
    select * from {{ ref('fct_ingestion_run') }}
    where path_code = 'central'
),

final as (
    select
        events.source,
        events.instance,
        events.entity,
        events.event_key,
        events.is_clock_skewed,
        events.record_seconds,
        events.extraction_seconds,
        events.extraction_seconds + runs.availability_seconds as central_seconds
    from events
    left join runs on events.batch_id = runs.batch_id
)

select * from final
