with source as (
    select * from {{ source('erp', 'service_contracts') }}
),

final as (
    select
        _instance as division_code,
        contract_number,
        line_number,
        customer_code,
        item_code,
        category,
        location_code,
        service_type,
        target_ratio,
        window_days,
        penalty_rate,
        penalty_basis,
        currency,
        valid_from as valid_from_date,
        valid_to as valid_to_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
