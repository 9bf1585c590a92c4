-- How a record sells: occasions per open day while it was selling, and the run of open days without a sale since. A day
-- is open when the location issued anything at all, so that a closed site does not look like a frozen seller. Days on
-- which the SKU was promoted there count for neither side of the rate: customers who come for a price do not come
-- daily.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
    where issue_count > 0
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

promotions as (
    select * from {{ ref('fct_promotion') }}
    where not is_cancelled
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

promoted_days as (
    select distinct
        promotions.sku_id,
        promotions.location_id,
        open_days.demand_date
    from promotions
    inner join open_days
        on
            promotions.location_id = open_days.location_id
            and open_days.demand_date between promotions.start_date and promotions.end_date
),

spans as (
    select
        recent_demand.sku_id,
        recent_demand.location_id,
        min(recent_demand.demand_date) as first_demand_date,
        max(recent_demand.demand_date) as last_demand_date,
        count(*) filter (where promoted_days.sku_id is null) as demand_day_count,
        max(open_days.open_day_number) - min(open_days.open_day_number) + 1 as open_day_count,
        max(open_days.open_day_count) - max(open_days.open_day_number) as zero_sales_day_count
    from recent_demand
    inner join open_days
        on
            recent_demand.location_id = open_days.location_id
            and recent_demand.demand_date = open_days.demand_date
    left join promoted_days
        on
            recent_demand.sku_id = promoted_days.sku_id
            and recent_demand.location_id = promoted_days.location_id
            and recent_demand.demand_date = promoted_days.demand_date
    group by recent_demand.sku_id, recent_demand.location_id
),

final as (
    select
        spans.sku_id,
        spans.location_id,
        spans.first_demand_date,
        spans.last_demand_date,
        cast(spans.demand_day_count as integer) as demand_day_count,
        cast(spans.open_day_count - count(promoted_days.demand_date) as integer) as selling_open_day_count,
        cast(spans.zero_sales_day_count as integer) as zero_sales_day_count
    from spans
    left join promoted_days
        on
            spans.sku_id = promoted_days.sku_id
            and spans.location_id = promoted_days.location_id
            and promoted_days.demand_date between spans.first_demand_date and spans.last_demand_date
    group by
        spans.sku_id,
        spans.location_id,
        spans.first_demand_date,
        spans.last_demand_date,
        spans.demand_day_count,
        spans.open_day_count,
        spans.zero_sales_day_count
)

select * from final
