with decisions as (
    select * from {{ ref('stg_unified__decision') }}
),

final as (
    select
        team,
        decision_id,
        kpi_id,
        scope_type,
        scope_id,
        chosen_option,
        rationale,
        decided_by,
        decided_at,
        valid_from_date,
        valid_to_date,
        told_at,
        _meta_batch_id
    from decisions
)

select * from final
