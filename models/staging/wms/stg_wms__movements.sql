with source as (
    select * from {{ source('wms', 'movements') }}
),

final as (
    select
        _instance as site_code,
        event_id,
        device_id,
        sequence_no,
        source_version,
        reverses_event_id,
        transfer_id,
        event_type,
        from_stock_status,
        to_stock_status,
        item_code,
        lot as lot_code,
        owner_code,
        from_bin,
        to_bin,
        qty as movement_qty,
        uom,
        stock_status,
        occurred_at,
        recorded_at,
        reference,
        reason,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
