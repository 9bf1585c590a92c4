-- What safety stock each record needs for the width of its forecast errors, beside the one the ERP plans with and how
-- its forecasts fare.
with error_statistics as (
    select * from {{ ref('fct_forecast_error_statistic') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

sku_classes as (
    select * from {{ ref('fct_governing_class') }}
),

demand_statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

classed as (
    select
        error_statistics.*,
        coalesce(sku_classes.abc_class, '-') as abc_class
    from error_statistics
    inner join stock_records using (sku_id, location_id)
    left join sku_classes
        on
            stock_records.company_code = sku_classes.company_code
            and stock_records.sku_id = sku_classes.sku_id
),

class_policy as (
    {{ policy_as_of(['default_service_level'], over='classed', as_of='as_of_date', scopes={'abc_class': 'abc_class'}) }}
),

joined as (
    select
        classed.sku_id,
        classed.location_id,
        classed.as_of_date,
        classed.window_end_date,
        classed.error_point_count,
        classed.sd_source,
        classed.planning_sd_daily_qty,
        parameters.safety_stock_qty,
        cast(coalesce(parameters.service_level_ratio, class_policy.default_service_level) as decimal(18, 6))
            as service_level_ratio,
        demand_statistics.mean_daily_qty,
        cast(coalesce(lead_times.lead_time_sd_days, 0) as decimal(24, 6)) as lead_time_sd_days,
        cast(lead_times.lead_time_days + coalesce(parameters.review_days, 0) as decimal(24, 6)) as lead_and_review_days
    from classed
    inner join class_policy using (as_of_date, abc_class)
    left join demand_statistics using (sku_id, location_id)
    left join lead_times using (sku_id, location_id)
    left join parameters
        on
            classed.sku_id = parameters.sku_id
            and classed.location_id = parameters.location_id
            and classed.as_of_date >= parameters.valid_from_date
            and classed.as_of_date < parameters.valid_to_date
),

final as (
    select
        *,
        {{ kpi_lead_time_demand_sd(
            'lead_and_review_days', 'planning_sd_daily_qty', 'mean_daily_qty', 'lead_time_sd_days'
        ) }} as sd_lead_time_demand_qty,
        {{ kpi_normal_quantile('service_level_ratio') }} as service_z_ratio
    from joined
)

select * from final
