-- How each SKU-location was demanded over the policy's window, days without demand counted as zero from its first
-- event on. Gross demand: what was asked for and served; a day out of stock counts as it was served.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

statistic_policy as (
    {{ policy_as_of(['demand_window_days', 'adi_cut', 'cv2_cut'], over='cutoff', as_of='as_of_date') }}
),

windows as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        statistic_policy.as_of_date,
        statistic_policy.adi_cut,
        statistic_policy.cv2_cut,
        greatest(
            stock_records.first_event_date,
            {{ add_days('statistic_policy.as_of_date', '1 - statistic_policy.demand_window_days') }}
        ) as window_start_date
    from stock_records
    inner join statistic_policy on stock_records.first_event_date <= statistic_policy.as_of_date
),

weekly as (
    select
        windows.sku_id,
        windows.location_id,
        cast(date_trunc('week', demand.demand_date) as date) as week_start_date,
        count(*) filter (where demand.gross_demand_qty > 0) as demand_day_count,
        cast(sum(demand.gross_demand_qty) as decimal(18, 4)) as week_qty,
        {{ fixed('sum(' ~ multiply('demand.gross_demand_qty', 'demand.gross_demand_qty') ~ ')', 4, 28) }}
            as squared_daily_qty
    from windows
    inner join demand
        on
            windows.sku_id = demand.sku_id
            and windows.location_id = demand.location_id
            and windows.window_start_date <= demand.demand_date
            and windows.as_of_date >= demand.demand_date
    group by windows.sku_id, windows.location_id, cast(date_trunc('week', demand.demand_date) as date)
),

summed as (
    select
        windows.sku_id,
        windows.location_id,
        windows.window_start_date,
        windows.as_of_date,
        windows.adi_cut,
        windows.cv2_cut,
        cast({{ days_between('windows.window_start_date', 'windows.as_of_date') }} + 1 as integer) as active_day_count,
        {{ weeks_touched('windows.window_start_date', 'windows.as_of_date') }} as active_week_count,
        cast(coalesce(sum(weekly.demand_day_count), 0) as integer) as demand_day_count,
        cast(count(*) filter (where weekly.week_qty > 0) as integer) as demand_week_count,
        cast(coalesce(sum(weekly.week_qty), 0) as decimal(18, 4)) as demand_qty,
        cast(coalesce(sum(weekly.squared_daily_qty), 0) as decimal(24, 4)) as squared_daily_qty,
        cast(coalesce(sum({{ multiply('weekly.week_qty', 'weekly.week_qty') }}), 0) as decimal(24, 4))
            as squared_weekly_qty
    from windows
    left join weekly
        on
            windows.sku_id = weekly.sku_id
            and windows.location_id = weekly.location_id
    group by
        windows.sku_id,
        windows.location_id,
        windows.window_start_date,
        windows.as_of_date,
        windows.adi_cut,
        windows.cv2_cut
),

measured as (
    select
        *,
        {{ divide('active_week_count', 'demand_week_count') }} as adi_ratio,
        {{ kpi_mean_square_ratio('demand_qty', 'squared_weekly_qty') }} as mean_square_ratio,
        {{ kpi_explained_squares('active_day_count', 'demand_qty') }} as explained_squares
    from summed
),

varied as (
    select
        *,
        {{ kpi_cv2('demand_week_count', 'mean_square_ratio') }} as nonzero_cv2_ratio,
        {{ kpi_sample_variance('active_day_count', 'explained_squares', 'squared_daily_qty') }} as daily_variance
    from measured
),

final as (
    select
        sku_id,
        location_id,
        window_start_date,
        as_of_date,
        active_day_count,
        demand_day_count,
        active_week_count,
        demand_week_count,
        demand_qty,
        {{ divide('demand_qty', 'active_day_count') }} as mean_daily_qty,
        {{ square_root('daily_variance') }} as sd_daily_qty,
        adi_ratio,
        nonzero_cv2_ratio,
        {{ kpi_demand_class('adi_ratio', 'nonzero_cv2_ratio', 'adi_cut', 'cv2_cut') }} as demand_class,
        case
            when demand_qty = 0 then 'no_demand'
            when active_day_count < 2 then 'short_history'
        end as demand_reason
    from varied
)

select * from final
