with source as (
    select * from {{ source('audit', 'validation_results') }}
),

final as (
    select
        _instance as auditor_code,
        content_hash,
        suite,
        rule,
        severity,
        outcome,
        checked_rows,
        failed_rows,
        observed,
        threshold,
        as_of as as_of_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
