with source as (
    select * from {{ source('erp', 'fx_rates') }}
),

final as (
    select
        _instance as division_code,
        currency,
        company_currency,
        month_start as month_start_date,
        average_rate,
        closing_rate,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
