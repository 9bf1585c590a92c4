with source as (
    select * from {{ source('erp', 'sales_targets') }}
),

final as (
    select
        _instance as division_code,
        category,
        month_start as month_start_date,
        target_amount,
        currency,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
