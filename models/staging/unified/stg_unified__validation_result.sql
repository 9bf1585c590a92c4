with results as (
    select * from {{ ref('stg_audit__validation_results') }}
),

-- The same build audited twice lands the same batch; the latest extract speaks.
ranked as (
    select
        *,
        {{ latest_extract_rank(['content_hash', 'suite', 'rule']) }} as recency_rank
    from results
),

final as (
    select
        content_hash,
        suite,
        rule as rule_id,
        severity,
        outcome,
        checked_rows as checked_row_count,
        failed_rows as failed_row_count,
        observed,
        threshold,
        as_of_at
    from ranked
    where recency_rank = 1
)

select * from final
