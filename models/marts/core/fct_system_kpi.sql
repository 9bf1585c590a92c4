with system_kpis as (
    select * from {{ ref('stg_unified__system_kpi') }}
    where quarantine_rule is null
),

final as (
    select
        division_code,
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        reported_rate,
        reported_at
    from system_kpis
)

select * from final
