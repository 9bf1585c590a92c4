with source as (
    select * from {{ source('wms', 'lots') }}
),

final as (
    select
        _instance as site_code,
        item_code,
        lot,
        expiry_date,
        received_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
