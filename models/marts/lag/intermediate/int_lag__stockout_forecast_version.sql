-- Monthly forecasts of the planners made by the day of ordering, for the months until stock ran out.
with demands as (
    select * from {{ ref('int_lag__stockout_demand') }}
    where order_placed_date is not null
),

forecasts as (
    select
        *,
        {{ days_between('period_start_date', 'period_end_date') }} + 1 as period_day_count
    from {{ ref('fct_demand_forecast') }}
    where forecast_origin = 'planner' and period_type = 'month' and location_id is not null
),

final as (
    select
        demands.sku_id,
        demands.location_id,
        demands.stockout_start_date,
        forecasts.period_start_date,
        forecasts.made_date,
        cast(sum(forecasts.forecast_qty) as decimal(18, 4)) as forecast_qty,
        max(forecasts.period_day_count) as period_day_count,
        max({{ days_between(
            'greatest(forecasts.period_start_date, demands.order_placed_date)',
            'least(forecasts.period_end_date, demands.stockout_start_date)'
        ) }} + 1) as day_count
    from demands
    inner join forecasts
        on
            demands.sku_id = forecasts.sku_id
            and demands.location_id = forecasts.location_id
            and demands.order_placed_date >= forecasts.made_date
            and demands.stockout_start_date >= forecasts.period_start_date
            and demands.order_placed_date <= forecasts.period_end_date
    group by
        demands.sku_id, demands.location_id, demands.stockout_start_date, forecasts.period_start_date,
        forecasts.made_date
)

select * from final
