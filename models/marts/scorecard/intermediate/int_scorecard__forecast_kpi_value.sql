-- KPIs about forecasts in the shape of the scorecard, one branch per registry row: the planners' forecasts, all closed
-- months. A bias is told by its size, so that either way is the wrong side of its limit.
with accuracies as (
    select * from {{ ref('kpi_forecast_accuracy') }}
    where forecast_origin = 'planner' and scope_type <> 'planner'
),

biases as (
    select * from {{ ref('kpi_forecast_bias') }}
    where forecast_origin = 'planner' and is_key
),

final as (
    select
        'forecast_wape_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        abs_error_qty as numerator,
        demand_qty as denominator,
        wape_ratio as kpi_value,
        wape_reason as reason_code
    from accuracies

    union all

    select
        'forecast_bias_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        cast(abs(error_qty) as decimal(24, 4)) as numerator,
        demand_qty as denominator,
        abs(bias_ratio) as kpi_value,
        bias_reason as reason_code
    from biases
    where scope_type not in ('family', 'planner')

    union all

    select
        'family_bias_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        cast(abs(error_qty) as decimal(24, 4)) as numerator,
        demand_qty as denominator,
        abs(bias_ratio) as kpi_value,
        bias_reason as reason_code
    from biases
    where scope_type = 'family'
)

select * from final
