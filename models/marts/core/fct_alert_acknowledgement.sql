with acknowledgements as (
    select * from {{ ref('stg_unified__alert_acknowledgement') }}
),

final as (
    select
        alert_id,
        acknowledged_at,
        team,
        acknowledged_by,
        note,
        _meta_batch_id
    from acknowledgements
)

select * from final
