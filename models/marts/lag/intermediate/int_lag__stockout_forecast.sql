-- What the forecasts in force on the day of ordering foresaw from then until stock ran out, by the planners' last word
-- of each month; days without a forecast are counted, so that a part is not taken for the whole.
with versions as (
    select * from {{ ref('int_lag__stockout_forecast_version') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by sku_id, location_id, stockout_start_date, period_start_date order by made_date desc
        ) as version_rank
    from versions
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        cast(sum(day_count) as integer) as forecast_day_count,
        cast(sum({{ divide(product('forecast_qty', 'day_count'), 'period_day_count') }}) as decimal(24, 4))
            as forecast_qty
    from ranked
    where version_rank = 1
    group by sku_id, location_id, stockout_start_date
)

select * from final
