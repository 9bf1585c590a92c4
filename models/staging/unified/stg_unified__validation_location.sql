with locations as (
    select * from {{ ref('stg_audit__validation_locations') }}
),

-- The same build audited twice lands the same batch; the latest extract speaks.
ranked as (
    select
        *,
        {{ latest_extract_rank(['content_hash', 'suite', 'rule', 'location_id']) }} as recency_rank
    from locations
),

final as (
    select
        content_hash,
        suite,
        rule as rule_id,
        location_id,
        failed_rows as failed_row_count,
        as_of_at
    from ranked
    where recency_rank = 1
)

select * from final
