with source as (
    select * from {{ source('erp', 'item_costs') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        location_code,
        cost_method,
        unit_cost as unit_cost_amount,
        currency,
        valid_from as valid_from_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
