-- How old the news of every feed is at the cut-off. Only a dead feed of stock events blocks (fct_location_audit, rule
-- SF-1); any other stale feed is told and published. What people and our own audits say comes when there is something
-- to say.
with newest_events as (
    select * from {{ ref('fct_newest_event') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

feeds as (
    select
        newest_events.*,
        newest_events.source || '.' || newest_events.entity as feed,
        cutoff.as_of_date
    from newest_events
    cross join cutoff
),

feed_policy as (
    {{ policy_as_of(['max_source_age_days'], over='feeds', as_of='as_of_date', scopes={'feed': 'feed'}) }}
),

judged as (
    select
        feeds.*,
        cast({{ days_between('cast(feeds.newest_event_at as date)', 'feeds.as_of_date') }} as integer) as feed_age_days,
        case when feeds.source not in ('steward', 'audit') then cast(feed_policy.max_source_age_days as integer) end
            as max_source_age_days
    from feeds
    inner join feed_policy on feeds.as_of_date = feed_policy.as_of_date and feeds.feed = feed_policy.feed
),

final as (
    select
        source,
        instance,
        entity,
        extracted_at,
        newest_event_at,
        feed_age_days,
        max_source_age_days,
        case
            when max_source_age_days is null then false
            else coalesce(feed_age_days > max_source_age_days, true)
        end as is_stale,
        case when newest_event_at is null then 'no_event' end as feed_age_reason,
        future_event_count,
        accepted_row_count
    from judged
)

select * from final
