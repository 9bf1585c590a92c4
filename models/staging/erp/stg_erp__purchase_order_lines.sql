with source as (
    select * from {{ source('erp', 'purchase_order_lines') }}
),

final as (
    select
        _instance as division_code,
        order_number,
        line_number,
        item_code,
        supplier_code,
        location_code,
        created_at,
        sent_at,
        confirmed_at,
        original_promised_date,
        promised_date,
        closed_at,
        ordered_qty,
        uom,
        unit_price as unit_price_amount,
        currency,
        status,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
