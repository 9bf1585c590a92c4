with outcomes as (
    select * from {{ ref('stg_unified__review_outcome') }}
),

final as (
    select
        review_id,
        reviewed_at,
        team,
        review_function,
        finding,
        review_outcome,
        decided_by,
        _meta_batch_id
    from outcomes
)

select * from final
