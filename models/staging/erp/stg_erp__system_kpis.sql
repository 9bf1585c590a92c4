with source as (
    select * from {{ source('erp', 'system_kpis') }}
),

final as (
    select
        _instance as division_code,
        kpi as kpi_id,
        scope_type,
        scope_code,
        period_start as period_start_date,
        period_end as period_end_date,
        value as reported_rate,
        reported_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
