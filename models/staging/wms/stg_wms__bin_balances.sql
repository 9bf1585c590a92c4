with source as (
    select * from {{ source('wms', 'bin_balances') }}
),

final as (
    select
        _instance as site_code,
        bin as bin_code,
        item_code,
        lot as lot_code,
        stock_status,
        owner_code,
        qty as on_hand_qty,
        uom,
        as_of as as_of_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
