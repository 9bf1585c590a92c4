with source as (
    select * from {{ source('audit', 'ingestion_runs') }}
),

final as (
    select
        _instance as auditor_code,
        batch_id,
        extracted_at,
        landed_at,
        accepted_at,
        published_at,
        rows as row_count,
        seconds as run_seconds,
        path as path_code,
        generation,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
