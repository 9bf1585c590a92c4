with source as (
    select * from {{ source('erp', 'purchase_receipts') }}
),

final as (
    select
        _instance as division_code,
        receipt_number,
        order_number,
        line_number,
        item_code,
        location_code,
        received_qty,
        rejected_qty,
        uom,
        received_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
