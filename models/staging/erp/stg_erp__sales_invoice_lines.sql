with source as (
    select * from {{ source('erp', 'sales_invoice_lines') }}
),

final as (
    select
        _instance as division_code,
        invoice_number,
        line_number,
        order_number,
        order_line_number,
        customer_code,
        item_code,
        location_code,
        shipped_qty,
        uom,
        net_amount,
        discount_amount,
        promotion_code,
        currency,
        shipped_at,
        invoiced_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
