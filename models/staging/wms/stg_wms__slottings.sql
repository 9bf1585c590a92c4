with source as (
    select * from {{ source('wms', 'slottings') }}
),

final as (
    select
        _instance as site_code,
        item_code,
        bin as bin_code,
        valid_from as valid_from_date,
        valid_to as valid_to_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
