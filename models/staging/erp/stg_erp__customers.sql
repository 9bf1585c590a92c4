with source as (
    select * from {{ source('erp', 'customers') }}
),

final as (
    select
        _instance as division_code,
        customer_code,
        customer_name,
        segment,
        channel,
        region,
        country,
        is_internal,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
