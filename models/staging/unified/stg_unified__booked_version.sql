{{ config(materialized='table') }}
-- Of events delivered more than once: which versions the books hold, and under which day. A version speaks from the
-- extraction that brought it until one that brings a better one. If its day in the books was open then, the better one
-- takes its place and nothing is left of it; if the day was closed it stays there for good, and is taken back on the
-- first open day, where the better one is booked as well unless its own day is open.
with deliveries as (
    select * from {{ ref('stg_unified__redelivery') }}
),

sites as (
    select * from {{ ref('stg_unified__site_start') }}
),

open_days as (
    select * from {{ ref('stg_unified__open_day') }}
),

clocks as (
    select * from {{ ref('stg_unified__event_clock') }}
),

ranked as (
    select
        *,
        min(delivery_rank) over (partition by site_code, event_id order by _meta_extracted_at) as best_rank_so_far
    from deliveries
),

-- A better version that says the same changes nothing.
speaking as (
    select
        *,
        coalesce(
            lag(payload_hash) over (partition by site_code, event_id order by _meta_extracted_at) <> payload_hash, true
        ) as is_change
    from ranked
    where delivery_rank = best_rank_so_far
),

numbered as (
    select
        *,
        count(*) filter (where is_change) over (
            partition by site_code, event_id order by _meta_extracted_at
        ) as version_number
    from speaking
),

versions as (
    select
        site_code,
        event_id,
        version_number,
        min(delivery_rank) as delivery_rank,
        min(_meta_extracted_at) as spoken_from_at,
        lead(min(_meta_extracted_at)) over (
            partition by site_code, event_id order by version_number
        ) as spoken_to_at
    from numbered
    group by site_code, event_id, version_number
),

dated as (
    select
        versions.*,
        coalesce(clocks.occurred_at, deliveries.occurred_at) as occurred_at,
        deliveries._meta_file,
        deliveries._meta_row,
        {{ business_date('coalesce(clocks.occurred_at, deliveries.occurred_at)', 'sites.time_zone') }} as event_date
    from versions
    left join deliveries
        on
            versions.site_code = deliveries.site_code
            and versions.event_id = deliveries.event_id
            and versions.delivery_rank = deliveries.delivery_rank
    {{ join_delivery('deliveries', 'clocks') }}
    left join sites on versions.site_code = sites.site_code
),

posted as (
    select
        dated.*,
        {{ posting_date('dated.event_date') }} as posting_date,
        {{ posted_at('dated.event_date', 'dated.occurred_at') }} as posted_at
    from dated
    {{ join_open_day('dated', 'spoken_from_at') }}
),

replaced as (
    select
        posted.*,
        {{ is_posted_late('posted.posting_date') }} as is_taken_back,
        open_days.open_from_date,
        open_days.open_from_at
    from posted
    {{ join_open_day('posted', 'spoken_to_at') }}
),

final as (
    select
        site_code,
        event_id,
        cast(row_number() over (partition by site_code, event_id order by version_number) as integer)
            as posting_number,
        posting_date,
        posted_at,
        case when is_taken_back then open_from_date end as reversal_posting_date,
        case when is_taken_back then open_from_at end as reversal_posted_at,
        _meta_file,
        _meta_row
    from replaced
    where spoken_to_at is null or is_taken_back
)

select * from final
