with source as (
    select * from {{ source('erp', 'inventory_balances') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        location_code,
        owner_code,
        on_hand_qty,
        reserved_qty,
        in_transit_qty,
        quarantine_qty,
        uom,
        as_of as as_of_at,
        last_movement_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
