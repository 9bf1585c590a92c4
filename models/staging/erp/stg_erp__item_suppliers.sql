with source as (
    select * from {{ source('erp', 'item_suppliers') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        supplier_code,
        is_preferred,
        moq_qty,
        order_multiple_qty,
        uom,
        planned_lead_time_days,
        unit_price as unit_price_amount,
        order_cost_amount,
        currency,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
