with source as (
    select * from {{ source('tpl', 'item_map') }}
),

final as (
    select
        _instance as provider_code,
        provider_item_code,
        provider_uom,
        division_code,
        item_code,
        uom,
        factor_to_uom as factor_to_uom_ratio,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
