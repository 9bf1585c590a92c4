-- What was forecast for each closed period when its goods had to be ordered, against what was demanded. The version is
-- the last one made at least the lead time before the period began (A12); a younger one would flatter the planner.
with forecasts as (
    select * from {{ ref('fct_demand_forecast') }}
    where location_id is not null
),

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

period_demand as (
    select * from {{ ref('int_core__forecast_period_demand') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

lag_policy as (
    {{ policy_as_of(['forecast_lag_default_days', 'forecast_lag_max_days'], over='cutoff', as_of='as_of_date') }}
),

closed as (
    select
        forecasts.*,
        cast(
            least(
                coalesce(lead_times.lead_time_days, lag_policy.forecast_lag_default_days),
                lag_policy.forecast_lag_max_days
            ) as decimal(9, 2)
        ) as wanted_lag_days
    from forecasts
    inner join lag_policy on forecasts.period_end_date <= lag_policy.as_of_date
    left join lead_times using (sku_id, location_id)
),

-- The last version that is old enough comes first, then the oldest there is.
ranked as (
    select
        *,
        row_number() over (
            partition by forecast_origin, division_code, item_code, location_id, period_type, period_start_date
            order by
                case when lag_days >= wanted_lag_days then 0 else 1 end asc,
                case when lag_days >= wanted_lag_days then lag_days else -lag_days end asc,
                made_at desc
        ) as version_rank
    from closed
),

-- Item codes of one SKU are forecast apart and demanded together.
versions as (
    select
        sku_id,
        location_id,
        forecast_origin,
        period_type,
        period_start_date,
        max(period_end_date) as period_end_date,
        max(wanted_lag_days) as wanted_lag_days,
        min(lag_days) as lag_days,
        min(made_date) as made_date,
        cast(sum(forecast_qty) as decimal(18, 4)) as forecast_qty,
        case when count(*) = count(statistical_qty) then cast(sum(statistical_qty) as decimal(18, 4)) end
            as statistical_qty,
        min(forecast_method) as forecast_method,
        min(adjusted_by) as adjusted_by
    from ranked
    where version_rank = 1
    group by sku_id, location_id, forecast_origin, period_type, period_start_date
),

final as (
    select
        versions.sku_id,
        versions.location_id,
        versions.forecast_origin,
        versions.period_type,
        versions.period_start_date,
        versions.period_end_date,
        cast(date_trunc('month', versions.period_end_date) as date) as month_start_date,
        versions.wanted_lag_days,
        versions.lag_days,
        versions.made_date,
        versions.forecast_qty,
        versions.statistical_qty,
        cast(coalesce(period_demand.demand_qty, 0) as decimal(18, 4)) as demand_qty,
        cast(versions.forecast_qty - coalesce(period_demand.demand_qty, 0) as decimal(18, 4)) as error_qty,
        cast(coalesce(period_demand.stockout_day_count, 0) as integer) as stockout_day_count,
        cast({{ days_between('versions.period_start_date', 'versions.period_end_date') }} + 1 as integer)
            as period_day_count,
        versions.forecast_method,
        versions.adjusted_by,
        case
            when stock_records.first_event_date is null then 'not_active'
            when versions.period_end_date < stock_records.first_event_date then 'not_active'
            when
                versions.period_start_date
                <> {{ period_first_day('versions.period_type', 'versions.period_start_date') }}
                then 'odd_period'
            when versions.lag_days < versions.wanted_lag_days then 'no_version_at_lag'
        end as forecast_error_reason
    from versions
    left join stock_records using (sku_id, location_id)
    left join period_demand using (sku_id, location_id, period_type, period_start_date)
)

select * from final
