-- Days on which a location sold anything, counted up to each day: a closed site and a feed that is silent for a while
-- add none, so that they do not look like goods that nobody takes.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
    where issue_count > 0
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

open_days as (
    select distinct
        location_id,
        demand_date
    from demand
),

spans as (
    select
        location_id,
        min(demand_date) as first_date
    from open_days
    group by location_id
),

final as (
    select
        spans.location_id,
        dates.date_day,
        cast(count(open_days.demand_date) over (
            partition by spans.location_id order by dates.date_day
        ) as integer) as open_day_count
    from spans
    cross join cutoff
    inner join dates on spans.first_date <= dates.date_day and cutoff.as_of_date >= dates.date_day
    left join open_days
        on
            spans.location_id = open_days.location_id
            and dates.date_day = open_days.demand_date
)

select * from final
