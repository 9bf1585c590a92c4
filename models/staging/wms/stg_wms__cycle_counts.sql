with source as (
    select * from {{ source('wms', 'cycle_counts') }}
),

final as (
    select
        _instance as site_code,
        count_id,
        item_code,
        bin as bin_code,
        lot as lot_code,
        uom,
        book_qty,
        counted_qty,
        counted_at,
        trigger as count_trigger,
        is_blind,
        recount_of,
        root_cause,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
