-- How widely the planners' forecasts of a record missed over the last three closed months, their mean miss taken out,
-- beside how widely its demand moves: either is a deviation for safety stock, policy says which (A33).
with demand_statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

forecast_errors as (
    select * from {{ ref('fct_forecast_error') }}
    where forecast_origin = 'planner' and forecast_error_reason is null
),

sigma_policy as (
    {{ policy_as_of(
        ['forecast_error_min_points', 'safety_stock_sigma:text'], over='demand_statistics', as_of='as_of_date'
    ) }}
),

windows as (
    select
        *,
        {{ add_months(add_months("cast(date_trunc('month', " ~ add_days('as_of_date', 1) ~ ') as date)', -1), -2) }}
            as first_month_date,
        {{ add_days("cast(date_trunc('month', " ~ add_days('as_of_date', 1) ~ ') as date)', -1) }} as last_day_date
    from sigma_policy
),

summed as (
    select
        forecast_errors.sku_id,
        forecast_errors.location_id,
        forecast_errors.period_type,
        count(*) as point_count,
        max(forecast_errors.period_day_count) as period_day_count,
        cast(sum(forecast_errors.error_qty) as decimal(24, 4)) as error_qty,
        {{ fixed('sum(' ~ multiply('forecast_errors.error_qty', 'forecast_errors.error_qty') ~ ')', 6, 28) }}
            as squared_qty
    from forecast_errors
    inner join windows
        on
            forecast_errors.month_start_date >= windows.first_month_date
            and forecast_errors.period_end_date <= windows.last_day_date
    group by forecast_errors.sku_id, forecast_errors.location_id, forecast_errors.period_type
),

-- The finest periods tell most.
ranked as (
    select
        *,
        {{ kpi_explained_squares('point_count', 'error_qty') }} as explained_squares,
        row_number() over (
            partition by sku_id, location_id order by point_count desc, period_day_count asc
        ) as preference_rank
    from summed
),

joined as (
    select
        demand_statistics.sku_id,
        demand_statistics.location_id,
        demand_statistics.as_of_date,
        windows.first_month_date as window_start_date,
        windows.last_day_date as window_end_date,
        windows.safety_stock_sigma,
        ranked.period_type,
        cast(ranked.period_day_count as integer) as period_day_count,
        cast(coalesce(ranked.point_count, 0) as integer) as error_point_count,
        {{ divide('ranked.error_qty', 'ranked.point_count') }} as mean_error_qty,
        case
            when ranked.point_count >= windows.forecast_error_min_points
                then {{ kpi_sample_variance('ranked.point_count', 'ranked.explained_squares', 'ranked.squared_qty') }}
        end as error_variance,
        demand_statistics.sd_daily_qty as sd_demand_daily_qty
    from demand_statistics
    inner join windows using (as_of_date)
    left join ranked
        on
            demand_statistics.sku_id = ranked.sku_id
            and demand_statistics.location_id = ranked.location_id
            and ranked.preference_rank = 1
),

measured as (
    select
        *,
        {{ square_root('error_variance') }} as sd_error_qty,
        {{ square_root(divide('error_variance', 'period_day_count')) }} as sd_error_daily_qty,
        case
            when error_variance is not null and safety_stock_sigma = 'forecast_error' then 'forecast_error'
            else 'demand'
        end as sd_source
    from joined
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        window_start_date,
        window_end_date,
        period_type,
        period_day_count,
        error_point_count,
        mean_error_qty,
        sd_error_qty,
        sd_error_daily_qty,
        case when sd_error_qty is null then 'insufficient' end as sd_error_reason,
        sd_demand_daily_qty,
        sd_source,
        case when sd_source = 'forecast_error' then sd_error_daily_qty else sd_demand_daily_qty end
            as planning_sd_daily_qty
    from measured
)

select * from final
