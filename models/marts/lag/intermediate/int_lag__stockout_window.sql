-- The days before an event from which its demand is expected, as weekdays: how many of them were in stock and what was
-- demanded on these.
with windows as (
    select * from {{ ref('int_lag__stockout_start') }}
),

lost_days as (
    select * from {{ ref('int_lag__stockout_window_gap') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

demand_in_runs as (
    select * from {{ ref('int_lag__stockout_demand_day') }}
),

weekdays as (
    select distinct iso_weekday
    from {{ ref('dim_date') }}
),

demanded as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        {{ iso_weekday('demand.demand_date') }} as iso_weekday,
        sum(demand.gross_demand_qty) filter (where demand_in_runs.demand_date is null) as demand_qty
    from windows
    inner join demand
        on
            windows.sku_id = demand.sku_id
            and windows.location_id = demand.location_id
            and windows.window_start_date <= demand.demand_date
            and windows.stockout_start_date > demand.demand_date
    left join demand_in_runs
        on
            demand.sku_id = demand_in_runs.sku_id
            and demand.location_id = demand_in_runs.location_id
            and demand.demand_date = demand_in_runs.demand_date
    group by
        windows.sku_id, windows.location_id, windows.stockout_start_date,
        {{ iso_weekday('demand.demand_date') }}
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        weekdays.iso_weekday,
        cast(
            {{ weekday_count('windows.window_start_date', 'windows.stockout_start_date', 'weekdays.iso_weekday') }}
            - coalesce(lost_days.oos_day_count, 0) as integer
        ) as in_stock_day_count,
        cast(coalesce(demanded.demand_qty, 0) as decimal(18, 4)) as demand_qty
    from windows
    cross join weekdays
    left join demanded using (sku_id, location_id, stockout_start_date, iso_weekday)
    left join lost_days using (sku_id, location_id, stockout_start_date, iso_weekday)
)

select * from final
