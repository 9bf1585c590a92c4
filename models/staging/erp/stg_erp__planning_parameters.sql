with source as (
    select * from {{ source('erp', 'planning_parameters') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        location_code,
        reorder_point_qty,
        safety_stock_qty,
        order_qty,
        uom,
        review_days,
        service_level_ratio,
        set_by,
        override_reason,
        valid_from as valid_from_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
