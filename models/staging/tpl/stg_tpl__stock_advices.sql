with source as (
    select * from {{ source('tpl', 'stock_advices') }}
),

final as (
    select
        _instance as provider_code,
        advice_id,
        line_no as line_number,
        sequence_no,
        site as site_code,
        item_code as provider_item_code,
        stock_status,
        owner_code,
        qty as on_hand_qty,
        uom as provider_uom,
        as_of as as_of_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
