-- Days on which a site was expected to report stock events and none came. A weekday is expected when the site reported
-- on most of its like so far; a hole stays a row after newer files have passed over it, and goes once its events come.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_current_version
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

reported_days as (
    select distinct
        movements.location_id,
        movements.event_date
    from movements
    inner join cutoff on movements.occurred_at <= cutoff.as_of_at
),

spans as (
    select
        location_id,
        min(event_date) as first_date
    from reported_days
    group by location_id
),

-- The first day may have begun before the feed did, and the day of the cut-off is not over.
site_days as (
    select
        spans.location_id,
        dates.date_day,
        dates.iso_weekday,
        cutoff.as_of_date,
        reported_days.event_date is not null as is_reported
    from spans
    cross join cutoff
    inner join dates on spans.first_date < dates.date_day and cutoff.as_of_date > dates.date_day
    left join reported_days
        on
            spans.location_id = reported_days.location_id
            and dates.date_day = reported_days.event_date
),

weekdays as (
    select
        location_id,
        iso_weekday,
        count(*) as weekday_count,
        {{ kpi_feed_day_ratio('count(*) filter (where is_reported)', 'count(*)') }} as reported_day_ratio
    from site_days
    group by location_id, iso_weekday
),

gap_policy as (
    {{ policy_as_of(
        ['feed_day_min_ratio', 'feed_day_min_weeks'], over='site_days', as_of='as_of_date',
        scopes={'location': 'location_id'}
    ) }}
),

final as (
    select
        site_days.location_id,
        site_days.date_day as missing_date,
        site_days.iso_weekday,
        cast(weekdays.weekday_count as integer) as weekday_count,
        weekdays.reported_day_ratio,
        cast(gap_policy.feed_day_min_ratio as decimal(24, 6)) as feed_day_min_ratio
    from site_days
    inner join weekdays
        on
            site_days.location_id = weekdays.location_id
            and site_days.iso_weekday = weekdays.iso_weekday
    inner join gap_policy
        on
            site_days.as_of_date = gap_policy.as_of_date
            and site_days.location_id = gap_policy.location_id
    where
        not site_days.is_reported
        and weekdays.weekday_count >= gap_policy.feed_day_min_weeks
        and weekdays.reported_day_ratio >= gap_policy.feed_day_min_ratio
)

select * from final
