-- Demand a day that is expected after each month's end, as steps: each forecast period, then for ever the mean of all
-- that was forecast; without a forecast the sales of the last 91 days.
with periods as (
    select
        *,
        cast({{ days_between('last_day_date', 'period_start_date') }} - 1 as integer) as start_day_count,
        cast({{ days_between('period_start_date', 'period_end_date') }} + 1 as integer) as period_day_count,
        row_number() over (partition by sku_id, location_id, month_start_date order by period_start_date) as period_rank
    from {{ ref('int_lag__forward_period') }}
),

windows as (
    select * from {{ ref('int_lag__turnover_window') }}
),

steps as (
    select
        sku_id,
        location_id,
        month_start_date,
        'forecast' as forward_source,
        case when period_rank = 1 then 0 else start_day_count end as from_day_count,
        {{ divide('forecast_qty', 'period_day_count') }} as daily_qty
    from periods

    union all

    select
        sku_id,
        location_id,
        month_start_date,
        'forecast' as forward_source,
        cast({{ days_between('max(last_day_date)', 'max(period_end_date)') }} as integer) as from_day_count,
        {{ divide('sum(forecast_qty)', 'sum(period_day_count)') }} as daily_qty
    from periods
    group by sku_id, location_id, month_start_date

    union all

    select
        windows.sku_id,
        windows.location_id,
        windows.month_start_date,
        'trailing_91_days' as forward_source,
        0 as from_day_count,
        {{ divide('windows.sold_91_qty', 'least(windows.known_day_count, 91)') }} as daily_qty
    from windows
    left join periods using (sku_id, location_id, month_start_date)
    where periods.sku_id is null and windows.sold_91_qty > 0
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        from_day_count,
        forward_source,
        daily_qty,
        cast(
            daily_qty - lag(daily_qty, 1, 0) over (
                partition by sku_id, location_id, month_start_date order by from_day_count
            ) as decimal(24, 6)
        ) as change_qty
    from steps
)

select * from final
