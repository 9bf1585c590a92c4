with source as (
    select * from {{ source('erp', 'item_uoms') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        uom,
        factor_to_base,
        gtin,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
