with source as (
    select * from {{ source('tpl', 'shipment_messages') }}
),

final as (
    select
        _instance as provider_code,
        message_id,
        sequence_no,
        source_version,
        message_type,
        direction,
        reference,
        site as site_code,
        item_code as provider_item_code,
        qty as message_qty,
        uom as provider_uom,
        sent_at,
        received_at,
        acknowledged_at,
        status,
        reject_reason,
        updated_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
