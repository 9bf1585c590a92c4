with acknowledgements as (
    select * from {{ ref('stg_steward__alert_acknowledgements') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['alert_id', 'acknowledged_at', 'team']) }} as recency_rank
    from acknowledgements
),

final as (
    select
        alert_id,
        acknowledged_at,
        team,
        acknowledged_by,
        note,
        _meta_batch_id,
        _meta_file,
        _meta_row
    from ranked
    where recency_rank = 1
)

select * from final
