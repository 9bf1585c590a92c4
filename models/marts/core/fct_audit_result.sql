with results as (
    select * from {{ ref('stg_unified__validation_result') }}
),

final as (
    select
        content_hash,
        suite,
        rule_id,
        severity,
        outcome,
        checked_row_count,
        failed_row_count,
        observed,
        threshold,
        as_of_at
    from results
)

select * from final
