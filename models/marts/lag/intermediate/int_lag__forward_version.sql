-- Forecasts known at each month's end of periods that end after it, with their ranks: the newest version of a period
-- first; the planner's before the baseline's, weeks before months before days.
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

final as (
    select
        forecasts.sku_id,
        forecasts.location_id,
        forecasts.period_start_date,
        forecasts.period_end_date,
        forecasts.forecast_qty,
        forecasts.forecast_origin,
        forecasts.division_code,
        forecasts.item_code,
        forecasts.period_type,
        forecasts.made_at,
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
)

select * from final
