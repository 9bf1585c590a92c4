-- Each decision as each extract told it: what was told later does not change what a month that is over went by.
with decisions as (
    select * from {{ ref('stg_steward__decisions') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['team', 'decision_id', '_meta_extracted_at']) }} as recency_rank
    from decisions
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
        _meta_extracted_at as told_at,
        _meta_batch_id,
        _meta_file,
        _meta_row
    from ranked
    where recency_rank = 1
)

select * from final
