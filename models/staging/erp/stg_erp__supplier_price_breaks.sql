with source as (
    select * from {{ source('erp', 'supplier_price_breaks') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        supplier_code,
        min_qty,
        uom,
        unit_price as unit_price_amount,
        currency,
        valid_from as valid_from_date,
        valid_to as valid_to_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
