with source as (
    select * from {{ source('erp', 'locations') }}
),

final as (
    select
        _instance as division_code,
        location_code,
        location_name,
        location_type,
        region,
        country,
        time_zone,
        wms_site,
        operated_by,
        capacity_m3,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
