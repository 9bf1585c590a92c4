with source as (
    select * from {{ source('wms', 'order_stages') }}
),

final as (
    select
        _instance as site_code,
        order_number,
        line_number,
        stage as order_stage,
        item_code,
        qty as stage_qty,
        uom,
        bin as bin_code,
        shipment_number,
        occurred_at,
        device_id,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
