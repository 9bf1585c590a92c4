with outcomes as (
    select * from {{ ref('stg_steward__review_outcomes') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['review_id', 'reviewed_at', 'team']) }} as recency_rank
    from outcomes
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
        _meta_batch_id,
        _meta_file,
        _meta_row
    from ranked
    where recency_rank = 1
)

select * from final
