with source as (
    select * from {{ source('audit', 'closed_kpi_values') }}
),

final as (
    select
        _instance as auditor_code,
        generation,
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        numerator,
        denominator,
        kpi_value,
        reason_code,
        as_of as as_of_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
