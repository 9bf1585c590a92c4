-- How far forecasts were off, month by month and over three, when goods had to be ordered, and where that is going.
with forecast_scopes as (
    select * from {{ ref('int_lead__forecast_scope') }}
),

windows as (
    select * from {{ ref('int_lead__forecast_window') }}
),

trend_policy as (
    {{ policy_as_of(['wape_slope_trigger', 'wape_rise_trigger'], over='windows', as_of='month_start_date') }}
),

joined as (
    select
        forecast_scopes.*,
        {{ add_days(add_months('forecast_scopes.month_start_date', 1), -1) }} as last_day_date,
        windows.month_count as window_month_count,
        windows.abs_error_qty as window_abs_error_qty,
        windows.demand_qty as window_demand_qty,
        windows.first_wape_ratio,
        windows.middle_wape_ratio,
        windows.last_wape_ratio,
        trend_policy.wape_slope_trigger,
        trend_policy.wape_rise_trigger
    from forecast_scopes
    inner join windows using (scope_type, scope_id, forecast_origin, month_start_date)
    inner join trend_policy using (month_start_date)
),

final as (
    select
        scope_type,
        scope_id,
        forecast_origin,
        month_start_date,
        last_day_date,
        point_count,
        unjudged_count,
        forecast_qty,
        demand_qty,
        error_qty,
        abs_error_qty,
        last_wape_ratio as wape_ratio,
        {{ kpi_wape_reason('point_count', 'demand_qty', 'forecast_error_reason') }} as wape_reason,
        {{ kpi_forecast_accuracy_ratio('last_wape_ratio') }} as accuracy_ratio,
        {{ kpi_forecast_bias_ratio('error_qty', 'demand_qty') }} as bias_ratio,
        demand_amount,
        abs_error_amount,
        {{ kpi_wape_ratio('abs_error_amount', 'demand_amount') }} as value_wape_ratio,
        uncosted_count,
        {{ divide('percentage_error_sum_ratio', 'percentage_point_count') }} as mape_ratio,
        {{ divide('percentage_point_count', 'point_count') }} as mape_coverage_ratio,
        {{ kpi_mase_ratio('scaled_error_qty', 'scale_qty') }} as mase_ratio,
        {{ kpi_rmse_qty('squared_error_qty', 'point_count') }} as rmse_qty,
        window_month_count,
        window_abs_error_qty,
        window_demand_qty,
        {{ kpi_wape_ratio('window_abs_error_qty', 'window_demand_qty') }} as window_wape_ratio,
        case
            when middle_wape_ratio is not null then {{ kpi_slope_of_three('first_wape_ratio', 'last_wape_ratio') }}
        end as wape_slope_ratio,
        {{ kpi_accuracy_trend(
            'first_wape_ratio', 'middle_wape_ratio', 'last_wape_ratio', 'wape_slope_trigger', 'wape_rise_trigger'
        ) }} as accuracy_trend,
        case
            when first_wape_ratio is null or middle_wape_ratio is null or last_wape_ratio is null then 'insufficient'
        end as trend_reason
    from joined
)

select * from final
