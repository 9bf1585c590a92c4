with runs as (
    select * from {{ ref('stg_audit__ingestion_runs') }}
),

-- A batch became readable by a path once: the earliest record speaks.
ranked as (
    select
        *,
        row_number() over (
            partition by batch_id, path_code
            order by published_at, generation, _meta_batch_id, _meta_row
        ) as recency_rank
    from runs
),

final as (
    select
        batch_id,
        path_code,
        extracted_at,
        landed_at,
        accepted_at,
        published_at,
        row_count,
        run_seconds,
        generation
    from ranked
    where recency_rank = 1
)

select * from final
