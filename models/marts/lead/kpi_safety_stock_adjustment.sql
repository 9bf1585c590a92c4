-- How the safety stock of each record should follow the width of its forecast errors: one capped step at a time, only
-- where the trend of the error says so, and never to cover a bias.
with needs as (
    select * from {{ ref('int_lead__safety_stock_need') }}
),

accuracies as (
    select * from {{ ref('kpi_forecast_accuracy') }}
    where scope_type = 'sku_location' and forecast_origin = 'planner'
),

biases as (
    select * from {{ ref('kpi_forecast_bias') }}
    where scope_type = 'sku_location' and forecast_origin = 'planner'
),

step_policy as (
    {{ policy_as_of(
        ['ss_step_cap', 'forecast_error_min_points', 'forecast_bias_min_months'], over='needs', as_of='as_of_date'
    ) }}
),

joined as (
    select
        needs.*,
        step_policy.ss_step_cap,
        {{ kpi_adjusted_ss_qty('needs.service_z_ratio', 'needs.sd_lead_time_demand_qty') }} as needed_safety_stock_qty,
        accuracies.window_wape_ratio,
        accuracies.wape_slope_ratio,
        accuracies.accuracy_trend,
        biases.bias_ratio,
        biases.is_biased,
        {{ kpi_ss_adjustment_reason(
            'needs.safety_stock_qty', 'needs.mean_daily_qty', 'needs.lead_and_review_days',
            'coalesce(accuracies.window_month_count, 0)', 'step_policy.forecast_bias_min_months',
            'needs.error_point_count', 'step_policy.forecast_error_min_points'
        ) }} as adjustment_reason
    from needs
    inner join step_policy using (as_of_date)
    left join accuracies
        on
            needs.sku_id || '|' || needs.location_id = accuracies.scope_id
            and needs.window_end_date = accuracies.last_day_date
    left join biases
        on
            needs.sku_id || '|' || needs.location_id = biases.scope_id
            and needs.window_end_date = biases.last_day_date
),

measured as (
    select
        *,
        case
            when adjustment_reason is null then {{ divide('needed_safety_stock_qty', 'safety_stock_qty') }}
        end as raw_adjustment_ratio
    from joined
),

stepped as (
    select
        *,
        {{ kpi_ss_step_ratio('raw_adjustment_ratio', 'ss_step_cap') }} as adjustment_ratio
    from measured
),

decided as (
    select
        *,
        {{ kpi_ss_action('adjustment_ratio', 'accuracy_trend', 'coalesce(is_biased, false)') }} as adjustment_action
    from stepped
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        error_point_count,
        sd_source,
        planning_sd_daily_qty,
        mean_daily_qty,
        lead_and_review_days,
        lead_time_sd_days,
        service_level_ratio,
        safety_stock_qty,
        needed_safety_stock_qty,
        raw_adjustment_ratio,
        adjustment_ratio,
        adjustment_ratio <> raw_adjustment_ratio as is_capped,
        adjustment_reason,
        window_wape_ratio,
        wape_slope_ratio,
        accuracy_trend,
        bias_ratio,
        coalesce(is_biased, false) as is_biased,
        adjustment_action,
        case
            when adjustment_action in ('raise', 'lower')
                then {{ product('safety_stock_qty', 'adjustment_ratio', 4) }}
            when adjustment_action is not null then cast(safety_stock_qty as decimal(24, 4))
        end as proposed_safety_stock_qty
    from decided
)

select * from final
