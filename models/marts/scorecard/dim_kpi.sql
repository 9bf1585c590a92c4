with registry as (
    select * from {{ ref('kpi_registry') }}
),

final as (
    select
        kpi_id,
        kpi_name,
        capability,
        lead_lag,
        formula_macro,
        model,
        unit,
        direction,
        grain,
        owner,
        cadence,
        target_policy,
        alert_scope_type,
        bi_page
    from registry
)

select * from final
