with source as (
    select * from {{ source('erp', 'divisions') }}
),

final as (
    select
        division_code,
        division_name,
        company_code,
        company_currency,
        currency,
        fiscal_calendar,
        acquired_on,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
