-- What a naive forecast of a record's months would have erred so far, month by month: the unit of MASE.
with demand_months as (
    select * from {{ ref('int_lead__demand_month') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

scale_policy as (
    {{ policy_as_of(['mase_season_months'], over='cutoff', as_of='as_of_date') }}
),

series as (
    select
        demand_months.*,
        scale_policy.mase_season_months,
        {{ add_months('demand_months.month_start_date', '-scale_policy.mase_season_months') }} as season_start_date
    from demand_months
    cross join scale_policy
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
