with source as (
    select * from {{ source('wms', 'bins') }}
),

final as (
    select
        _instance as site_code,
        bin as bin_code,
        zone,
        zone_type,
        aisle,
        level as bin_level,
        x_m,
        y_m,
        height_cm,
        capacity_m3,
        capacity_qty,
        distance_m,
        status as bin_status,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
