with source as (
    select * from {{ source('erp', 'disruptions') }}
),

final as (
    select
        _instance as division_code,
        disruption_code,
        disruption_type,
        scope_type,
        scope_code,
        start_date,
        end_date,
        status as disruption_status,
        note,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
