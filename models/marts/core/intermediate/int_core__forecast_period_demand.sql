-- What was demanded in each period that somebody forecast, and on how many of its days the stock was gone. A period
-- without either has no row.
with periods as (
    select * from {{ ref('int_core__forecast_period') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

empty_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty <= 0 and valid_from_date < valid_to_date
),

period_keys as (
    select distinct
        sku_id,
        location_id,
        period_type
    from periods
),

demanded as (
    select
        demand.sku_id,
        demand.location_id,
        period_keys.period_type,
        {{ period_first_day('period_keys.period_type', 'demand.demand_date') }} as period_start_date,
        demand.gross_demand_qty as demand_qty,
        0 as stockout_day_count
    from demand
    inner join period_keys
        on
            demand.sku_id = period_keys.sku_id
            and demand.location_id = period_keys.location_id
),

missed as (
    select
        periods.sku_id,
        periods.location_id,
        periods.period_type,
        periods.period_start_date,
        0 as demand_qty,
        {{ days_between(
            'greatest(empty_runs.valid_from_date, periods.period_start_date)',
            'least(empty_runs.valid_to_date, ' ~ add_days('periods.period_end_date', 1) ~ ')'
        ) }} as stockout_day_count
    from periods
    inner join empty_runs
        on
            periods.sku_id = empty_runs.sku_id
            and periods.location_id = empty_runs.location_id
            and periods.period_end_date >= empty_runs.valid_from_date
            and periods.period_start_date < empty_runs.valid_to_date
),

both_sides as (
    select * from demanded

    union all

    select * from missed
),

final as (
    select
        sku_id,
        location_id,
        period_type,
        period_start_date,
        cast(sum(demand_qty) as decimal(18, 4)) as demand_qty,
        cast(sum(stockout_day_count) as integer) as stockout_day_count
    from both_sides
    group by sku_id, location_id, period_type, period_start_date
)

select * from final
