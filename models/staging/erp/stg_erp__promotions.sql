with source as (
    select * from {{ source('erp', 'promotions') }}
),

final as (
    select
        _instance as division_code,
        promotion_code,
        item_code,
        location_code,
        channel,
        mechanic,
        discount_ratio,
        start_date,
        end_date,
        status,
        planned_uplift_ratio,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
