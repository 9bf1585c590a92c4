-- How many rows broke each rule where, audit by audit, as far as the failing keys name a location.
with locations as (
    select * from {{ ref('stg_unified__validation_location') }}
),

final as (
    select
        content_hash,
        suite,
        rule_id,
        location_id,
        failed_row_count,
        as_of_at
    from locations
)

select * from final
