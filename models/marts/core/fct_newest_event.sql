with newest_events as (
    select * from {{ ref('stg_unified__newest_event') }}
),

final as (
    select
        source,
        instance,
        entity,
        extracted_at,
        newest_event_at,
        future_event_count,
        accepted_row_count
    from newest_events
)

select * from final
