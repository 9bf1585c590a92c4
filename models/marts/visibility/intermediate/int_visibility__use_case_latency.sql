-- How many of the recent events came within the need of each use: by extraction alone, and as far as runs tell.
with uses as (
    select * from {{ ref('int_visibility__use_case_feed') }}
),

events as (
    select * from {{ ref('int_visibility__feed_latency_event') }}
    where not is_clock_skewed
),

final as (
    select
        uses.use_case_id,
        uses.location_id,
        count(*) filter (where {{ kpi_is_need_met('events.extraction_seconds', 'uses.need_seconds') }})
            as extracted_in_need_count,
        count(*) filter (
            where
            {{ kpi_is_need_met('coalesce(events.central_seconds, events.extraction_seconds)', 'uses.need_seconds') }}
        ) as available_in_need_count
    from uses
    inner join events
        on
            uses.source = events.source
            and uses.entity = events.entity
            and uses.instance = events.instance
    group by uses.use_case_id, uses.location_id
)

select * from final
