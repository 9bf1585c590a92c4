-- Which way forecasts lean over three closed months, and who should hear of it: key SKUs, families, planners.
with windows as (
    select * from {{ ref('int_lead__forecast_window') }}
),

keys as (
    select * from {{ ref('int_lead__forecast_key') }}
),

bias_policy as (
    {{ policy_as_of(
        [
            'forecast_bias_limit', 'forecast_bias_red_factor', 'forecast_bias_min_months', 'forecast_bias_min_amount',
            'forecast_censored_limit'
        ],
        over='windows', as_of='month_start_date'
    ) }}
),

joined as (
    select
        windows.*,
        {{ add_days(add_months('windows.month_start_date', 1), -1) }} as last_day_date,
        bias_policy.forecast_bias_limit,
        bias_policy.forecast_bias_red_factor,
        bias_policy.forecast_censored_limit,
        coalesce(keys.is_key, windows.scope_type not in ('sku', 'sku_location')) as is_key,
        {{ kpi_forecast_bias_ratio('windows.error_qty', 'windows.demand_qty') }} as any_bias_ratio,
        {{ kpi_bias_reason(
            'windows.month_count', 'bias_policy.forecast_bias_min_months', 'windows.forecast_qty', 'windows.demand_qty',
            'case when windows.uncosted_count = 0 then greatest(windows.forecast_amount, windows.demand_amount) end',
            'bias_policy.forecast_bias_min_amount'
        ) }} as bias_reason,
        {{ divide('windows.stockout_day_count', 'windows.period_day_count') }} as censored_share_ratio
    from windows
    inner join bias_policy using (month_start_date)
    left join keys
        on
            windows.scope_type = keys.scope_type
            and windows.scope_id = keys.scope_id
),

judged as (
    select
        *,
        {{ kpi_is_biased('any_bias_ratio', 'bias_reason', 'forecast_bias_limit') }} as is_biased,
        {{ kpi_bias_severity('any_bias_ratio', 'bias_reason', 'forecast_bias_limit', 'forecast_bias_red_factor') }}
            as any_severity
    from joined
),

final as (
    select
        scope_type,
        scope_id,
        forecast_origin,
        month_start_date,
        last_day_date,
        month_count,
        point_count,
        forecast_qty,
        demand_qty,
        error_qty,
        abs_error_qty,
        case when bias_reason is null then any_bias_ratio end as bias_ratio,
        bias_reason,
        {{ kpi_tracking_signal('error_qty', 'abs_error_qty', 'point_count') }} as tracking_signal_ratio,
        censored_share_ratio,
        coalesce(censored_share_ratio > forecast_censored_limit, false) as is_censored,
        forecast_amount,
        demand_amount,
        uncosted_count,
        is_key,
        is_biased,
        is_key and coalesce(is_biased, false) as is_alert,
        case
            when is_biased then case when error_qty > 0 then 'over' else 'under' end
        end as bias_direction,
        case when is_key then any_severity end as bias_severity
    from judged
)

select * from final
