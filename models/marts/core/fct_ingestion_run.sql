with runs as (
    select
        *,
        cast(extracted_at as date) as extracted_date
    from {{ ref('stg_unified__ingestion_run') }}
),

backfill_policy as (
    {{ policy_as_of(['latency_backfill_hours'], over='runs', as_of='extracted_date') }}
),

timed as (
    select
        runs.*,
        {{ seconds_between('runs.extracted_at', 'runs.landed_at') }} as transport_seconds,
        {{ seconds_between('runs.landed_at', 'runs.published_at') }} as processing_seconds,
        -- Loaded from an archive, or of a source whose clock runs ahead: its way says nothing about the feed.
        runs.landed_at < runs.extracted_at
        or runs.landed_at > {{ add_hours('runs.extracted_at', 'backfill_policy.latency_backfill_hours') }}
            as is_backfill
    from runs
    left join backfill_policy on runs.extracted_date = backfill_policy.extracted_date
),

final as (
    select
        batch_id,
        path_code,
        extracted_at,
        landed_at,
        accepted_at,
        published_at,
        generation,
        row_count,
        run_seconds,
        transport_seconds,
        processing_seconds,
        is_backfill,
        {{ kpi_availability_lag('transport_seconds', 'processing_seconds', 'is_backfill') }} as availability_seconds
    from timed
)

select * from final
