-- Whether more was asked for since the order than forecast and safety stock had room for, and whether a promotion ran
-- meanwhile. Where planners foresaw nothing for some days, the mean before the order stands for their forecast.
with demands as (
    select * from {{ ref('int_lag__stockout_demand') }}
    where order_placed_date is not null
),

requirements as (
    select * from {{ ref('int_lag__stockout_requirement') }}
),

forecasts as (
    select * from {{ ref('int_lag__stockout_forecast') }}
),

promoted as (
    select * from {{ ref('int_lag__stockout_promotion') }}
),

foreseen as (
    select
        demands.*,
        requirements.safety_stock_qty,
        promoted.promotion_code,
        case
            when
                forecasts.forecast_day_count
                >= {{ days_between('demands.order_placed_date', 'demands.stockout_start_date') }} + 1
                then forecasts.forecast_qty
            else {{ product(
                'requirements.mean_daily_qty',
                '(' ~ days_between('demands.order_placed_date', 'demands.stockout_start_date') ~ ' + 1)', 4
            ) }}
        end as foreseen_qty
    from demands
    inner join requirements using (sku_id, location_id, stockout_start_date)
    left join forecasts using (sku_id, location_id, stockout_start_date)
    left join promoted using (sku_id, location_id, stockout_start_date)
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        since_decision_qty,
        cast(foreseen_qty as decimal(24, 4)) as foreseen_qty,
        promotion_code,
        coalesce(since_decision_qty > foreseen_qty + coalesce(safety_stock_qty, 0), false) as is_exceeded
    from foreseen
)

select * from final
