{{ config(materialized='table') }}
-- When the day turns in each time zone that sites keep: the conversion of a moment is dear, so that it is made for days
-- and not for events. Days turn at a quarter of an hour: the hour is found first, then the quarter in it.
with batches as (
    select * from {{ ref('stg_unified__movement_month') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

zones as (
    select time_zone from locations
    where time_zone is not null

    union

    select 'UTC' as time_zone
),

-- No event is put before the earlier of its clock's moment and its recording, nor after the later of them.
span as (
    select
        cast(min(earliest_at) as date) as first_date,
        cast(max(latest_at) as date) as last_date
    from batches
),

days as (
    {{ day_series('(select first_date from span)', '(select last_date from span)') }}
),

quarters as (
    {{ quarters_of_a_day() }}
),

hourly as (
    select
        zones.time_zone,
        days.date_day as utc_day_date,
        quarters.quarter_no,
        {{ business_date(quarter_moment('days.date_day', 'quarters.quarter_no'), 'zones.time_zone') }} as business_date
    from zones
    cross join days
    cross join quarters
    where quarters.is_whole_hour
),

turns as (
    select
        time_zone,
        utc_day_date,
        min(business_date) as business_date,
        max(business_date) as next_business_date,
        min(case when quarter_no > 0 and business_date > first_date then quarter_no end) as turn_quarter_no
    from (
        select
            *,
            min(business_date) over (partition by time_zone, utc_day_date) as first_date
        from hourly
    ) as dated
    group by time_zone, utc_day_date
),

final as (
    select
        turns.time_zone,
        turns.utc_day_date,
        turns.business_date,
        turns.next_business_date,
        min({{ quarter_moment('turns.utc_day_date', 'quarters.quarter_no') }}) as turns_at
    from turns
    left join quarters
        on
            turns.turn_quarter_no = quarters.next_hour_quarter_no
            and {{ business_date(quarter_moment('turns.utc_day_date', 'quarters.quarter_no'), 'turns.time_zone') }}
            = turns.next_business_date
    group by turns.time_zone, turns.utc_day_date, turns.business_date, turns.next_business_date
)

select * from final
