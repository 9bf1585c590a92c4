with source as (
    select * from {{ source('audit', 'validation_locations') }}
),

final as (
    select
        _instance as auditor_code,
        content_hash,
        suite,
        rule,
        location_id,
        failed_rows,
        as_of as as_of_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
