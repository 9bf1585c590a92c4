with source as (
    select * from {{ source('audit', 'record_flags') }}
),

final as (
    select
        _instance as auditor_code,
        generation,
        sku_id,
        location_id,
        rule_id,
        opened_date,
        closed_date,
        on_hand_qty,
        on_hand_amount,
        as_of as as_of_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
