with source as (
    select * from {{ source('steward', 'alert_acknowledgements') }}
),

final as (
    select
        _instance as team,
        alert_id,
        acknowledged_by,
        acknowledged_at,
        note,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
