with source as (
    select * from {{ source('erp', 'write_offs') }}
),

final as (
    select
        _instance as division_code,
        write_off_number,
        item_code,
        location_code,
        lot as lot_code,
        qty as write_off_qty,
        uom,
        kind as write_off_kind,
        reason,
        value_amount as write_off_amount,
        currency,
        posted_at,
        is_reversal,
        reverses_number,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
