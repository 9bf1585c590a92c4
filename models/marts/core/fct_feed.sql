with deliveries as (
    select * from {{ ref('stg_unified__feed_event') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- An event dated after the cut-off is a wrong clock: it makes no feed fresh.
final as (
    select
        deliveries.source,
        deliveries.instance,
        deliveries.entity,
        count(*) as delivered_row_count,
        max(deliveries.event_at) filter (where deliveries.event_at <= cutoff.as_of_at) as last_event_at,
        max(deliveries.extracted_at) as last_extracted_at
    from deliveries
    cross join cutoff
    group by deliveries.source, deliveries.instance, deliveries.entity
)

select * from final
