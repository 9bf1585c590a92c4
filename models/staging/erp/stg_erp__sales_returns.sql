with source as (
    select * from {{ source('erp', 'sales_returns') }}
),

final as (
    select
        _instance as division_code,
        return_number,
        line_number,
        invoice_number,
        invoice_line_number,
        customer_code,
        item_code,
        location_code,
        returned_qty,
        uom,
        credit_amount,
        currency,
        is_restocked,
        reason,
        returned_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
