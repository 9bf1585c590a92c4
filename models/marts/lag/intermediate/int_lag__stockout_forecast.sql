-- What the forecasts in force on the day of ordering foresaw from then until stock ran out, by the planners' last word
-- of each month; days without a forecast are counted, so that a part is not taken for the whole.
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

ranked as (
    select
        demands.sku_id,
        demands.location_id,
        demands.stockout_start_date,
        forecasts.forecast_qty,
        forecasts.period_day_count,
        {{ days_between(
            'greatest(forecasts.period_start_date, demands.order_placed_date)',
            'least(forecasts.period_end_date, demands.stockout_start_date)'
        ) }} + 1 as day_count,
        dense_rank() over (
            partition by demands.sku_id, demands.location_id, demands.stockout_start_date, forecasts.period_start_date
            order by forecasts.made_date desc
        ) as version_rank
    from demands
    inner join forecasts
        on
            demands.sku_id = forecasts.sku_id
            and demands.location_id = forecasts.location_id
            and demands.order_placed_date >= forecasts.made_date
            and demands.stockout_start_date >= forecasts.period_start_date
            and demands.order_placed_date <= forecasts.period_end_date
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        cast(sum(day_count) as integer) as forecast_day_count,
        cast(sum({{ divide(multiply('forecast_qty', 'day_count'), 'period_day_count') }}) as decimal(24, 4))
            as forecast_qty
    from ranked
    where version_rank = 1
    group by sku_id, location_id, stockout_start_date
)

select * from final
