with source as (
    select * from {{ source('erp', 'assortments') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        location_code,
        active_from as active_from_date,
        active_to as active_to_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
