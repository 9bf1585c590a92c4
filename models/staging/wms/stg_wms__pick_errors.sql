with source as (
    select * from {{ source('wms', 'pick_errors') }}
),

final as (
    select
        _instance as site_code,
        error_id,
        order_number,
        line_number,
        item_code,
        bin as bin_code,
        error_type,
        short_qty,
        uom,
        found_bin as found_bin_code,
        occurred_at,
        found_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
