-- What a naive forecast of a record's months would have erred so far, month by month: the unit of MASE.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

scale_policy as (
    {{ policy_as_of(['mase_season_months'], over='cutoff', as_of='as_of_date') }}
),

months as (
    select distinct
        dates.month_start_date,
        scale_policy.mase_season_months
    from dates
    inner join scale_policy on dates.month_end_date <= scale_policy.as_of_date
),

monthly as (
    select
        sku_id,
        location_id,
        cast(date_trunc('month', demand_date) as date) as month_start_date,
        cast(sum(gross_demand_qty) as decimal(18, 4)) as demand_qty
    from demand
    group by sku_id, location_id, cast(date_trunc('month', demand_date) as date)
),

series as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        months.month_start_date,
        months.mase_season_months,
        {{ add_months('months.month_start_date', '-months.mase_season_months') }} as season_start_date,
        coalesce(monthly.demand_qty, 0) as demand_qty
    from stock_records
    inner join months
        on months.month_start_date >= cast(date_trunc('month', stock_records.first_event_date) as date)
    left join monthly
        on
            stock_records.sku_id = monthly.sku_id
            and stock_records.location_id = monthly.location_id
            and months.month_start_date = monthly.month_start_date
),

steps as (
    select
        series.sku_id,
        series.location_id,
        series.month_start_date,
        series.mase_season_months,
        abs(
            series.demand_qty - lag(series.demand_qty) over (
                partition by series.sku_id, series.location_id order by series.month_start_date
            )
        ) as step_qty,
        abs(series.demand_qty - seasons.demand_qty) as season_step_qty
    from series
    left join series as seasons
        on
            series.sku_id = seasons.sku_id
            and series.location_id = seasons.location_id
            and series.season_start_date = seasons.month_start_date
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        {{ kpi_mase_scale_qty(
            'sum(season_step_qty) over past', 'count(season_step_qty) over past', 'mase_season_months',
            'sum(step_qty) over past', 'count(step_qty) over past'
        ) }} as scale_qty
    from steps
    window
        past as (
            partition by sku_id, location_id order by month_start_date
            rows between unbounded preceding and 1 preceding
        )
)

select * from final
