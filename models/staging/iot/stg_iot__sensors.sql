with source as (
    select * from {{ source('iot', 'sensors') }}
),

final as (
    select
        _instance as gateway_code,
        sensor_id,
        division_code,
        location_code,
        zone,
        valid_from as valid_from_at,
        valid_to as valid_to_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
