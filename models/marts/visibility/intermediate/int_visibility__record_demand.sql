-- How a record sells: occasions per open day while it was selling, and the run of open days without a sale since.
-- A day is open when the location issued anything at all, so that a closed site does not look like a frozen seller.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
    where issue_count > 0
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

selling_policy as (
    {{ policy_as_of(['selling_lookback_days'], over='cutoff', as_of='as_of_date') }}
),

recent_demand as (
    select
        demand.sku_id,
        demand.location_id,
        demand.demand_date
    from demand
    cross join selling_policy
    where
        demand.demand_date <= selling_policy.as_of_date
        and demand.demand_date > {{ add_days('selling_policy.as_of_date', '-selling_policy.selling_lookback_days') }}
),

open_days as (
    select
        location_id,
        demand_date,
        row_number() over (partition by location_id order by demand_date) as open_day_number,
        count(*) over (partition by location_id) as open_day_count
    from (
        select distinct
            location_id,
            demand_date
        from recent_demand
    ) as distinct_days
),

final as (
    select
        recent_demand.sku_id,
        recent_demand.location_id,
        min(recent_demand.demand_date) as first_demand_date,
        max(recent_demand.demand_date) as last_demand_date,
        cast(count(*) as integer) as demand_day_count,
        cast(max(open_days.open_day_number) - min(open_days.open_day_number) + 1 as integer) as selling_open_day_count,
        cast(max(open_days.open_day_count) - max(open_days.open_day_number) as integer) as zero_sales_day_count
    from recent_demand
    inner join open_days
        on
            recent_demand.location_id = open_days.location_id
            and recent_demand.demand_date = open_days.demand_date
    group by recent_demand.sku_id, recent_demand.location_id
)

select * from final
