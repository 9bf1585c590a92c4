with source as (
    select * from {{ source('steward', 'sop_signoffs') }}
),

final as (
    select
        _instance as team,
        pack_id,
        function as signing_function,
        signed_by,
        signed_at,
        content_hash,
        comment,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
