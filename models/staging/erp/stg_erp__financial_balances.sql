with source as (
    select * from {{ source('erp', 'financial_balances') }}
),

final as (
    select
        _instance as division_code,
        account,
        location_code,
        period_end as period_end_date,
        amount as balance_amount,
        currency,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
