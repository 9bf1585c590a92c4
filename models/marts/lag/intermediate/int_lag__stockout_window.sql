-- The days before an event from which its demand is expected, as weekdays: how many of them were in stock and what was
-- demanded on these.
with runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

active_records as (
    select * from {{ ref('int_lag__active_record') }}
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

starts as (
    select distinct
        sku_id,
        location_id,
        stockout_start_date
    from runs
),

window_policy as (
    {{ policy_as_of(['oos_expectation_days'], over='starts', as_of='stockout_start_date') }}
),

windows as (
    select
        starts.*,
        greatest(
            active_records.active_from_date,
            {{ add_days('starts.stockout_start_date', '-window_policy.oos_expectation_days') }}
        ) as window_start_date
    from starts
    inner join window_policy using (stockout_start_date)
    inner join active_records using (sku_id, location_id)
),

demanded as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        cast(extract(isodow from demand.demand_date) as integer) as iso_weekday,
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
        cast(extract(isodow from demand.demand_date) as integer)
),

lost_days as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        weekdays.iso_weekday,
        sum({{ kpi_weekday_count(
            'greatest(runs.empty_from_date, windows.window_start_date)', 'runs.empty_to_date', 'weekdays.iso_weekday'
        ) }}) as oos_day_count
    from windows
    inner join runs
        on
            windows.sku_id = runs.sku_id
            and windows.location_id = runs.location_id
            and windows.stockout_start_date > runs.stockout_start_date
            and windows.window_start_date < runs.empty_to_date
    cross join weekdays
    group by windows.sku_id, windows.location_id, windows.stockout_start_date, weekdays.iso_weekday
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        weekdays.iso_weekday,
        cast(
            {{ kpi_weekday_count('windows.window_start_date', 'windows.stockout_start_date', 'weekdays.iso_weekday') }}
            - coalesce(lost_days.oos_day_count, 0) as integer
        ) as in_stock_day_count,
        cast(coalesce(demanded.demand_qty, 0) as decimal(18, 4)) as demand_qty
    from windows
    cross join weekdays
    left join demanded using (sku_id, location_id, stockout_start_date, iso_weekday)
    left join lost_days using (sku_id, location_id, stockout_start_date, iso_weekday)
)

select * from final
