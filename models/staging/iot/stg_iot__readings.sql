with source as (
    select * from {{ source('iot', 'readings') }}
),

final as (
    select
        _instance as gateway_code,
        sensor_id,
        read_at,
        temperature_c as temperature_celsius,
        humidity_pct,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
