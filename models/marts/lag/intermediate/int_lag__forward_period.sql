-- What was expected, at each month's end, of the days after it: the newest version of each period, the planner's before
-- the baseline's, weeks before months before days.
with months as (
    select * from {{ ref('int_lag__month') }}
),

forecasts as (
    select
        *,
        case forecast_origin when 'planner' then 0 else 1 end as origin_rank,
        case period_type when 'week' then 0 when 'month' then 1 else 2 end as type_rank
    from {{ ref('fct_demand_forecast') }}
    where location_id is not null
),

known as (
    select
        forecasts.*,
        months.month_start_date,
        months.last_day_date,
        row_number() over (
            partition by
                forecasts.forecast_origin, forecasts.division_code, forecasts.item_code, forecasts.location_id,
                forecasts.period_type, forecasts.period_start_date, months.month_start_date
            order by forecasts.made_at desc
        ) as version_rank,
        dense_rank() over (
            partition by forecasts.sku_id, forecasts.location_id, months.month_start_date
            order by forecasts.origin_rank, forecasts.type_rank
        ) as source_rank
    from forecasts
    inner join months
        on
            forecasts.made_date <= months.last_day_date
            and forecasts.period_end_date > months.last_day_date
),

-- Item codes of one SKU are forecast apart and sold together.
summed as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        period_start_date,
        max(period_end_date) as period_end_date,
        cast(sum(forecast_qty) as decimal(24, 4)) as forecast_qty
    from known
    where version_rank = 1 and source_rank = 1
    group by sku_id, location_id, month_start_date, last_day_date, period_start_date
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                sku_id, location_id, month_start_date,
                greatest(period_start_date, {{ add_days('last_day_date', 1) }})
            order by period_start_date desc
        ) as begun_rank
    from summed
),

-- Of periods that have all begun, which only odd ones can, the last one speaks.
final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        period_start_date,
        period_end_date,
        forecast_qty
    from ranked
    where begun_rank = 1
)

select * from final
