with source as (
    select * from {{ source('erp', 'sales_order_lines') }}
),

final as (
    select
        _instance as division_code,
        order_number,
        line_number,
        customer_code,
        item_code,
        location_code,
        channel,
        ordered_at,
        requested_date,
        promised_date,
        ordered_qty,
        uom,
        unit_price as unit_price_amount,
        currency,
        promotion_code,
        status as order_status,
        cancelled_at,
        cancel_reason,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
