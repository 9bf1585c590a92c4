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

added_values as (
    select * from {{ ref('kpi_forecast_value_added') }}
    where benchmark = 'baseline'
),

adjustments as (
    select * from {{ ref('kpi_safety_stock_adjustment') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

-- Records that cannot be judged are in neither sum.
steps as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        adjustments.as_of_date,
        cast(count(*) filter (where adjustments.adjustment_action <> 'hold') as decimal(24, 4)) as numerator,
        cast(count(adjustments.adjustment_action) as decimal(24, 4)) as denominator,
        min(adjustments.adjustment_reason) as any_reason
    from adjustments
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, adjustments.as_of_date
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

    union all

    select
        'forecast_value_added_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        value_added_qty as numerator,
        demand_qty as denominator,
        value_added_ratio as kpi_value,
        value_added_reason as reason_code
    from added_values

    union all

    select
        'ss_adjustment_ratio' as kpi_id,
        scope_type,
        scope_id,
        as_of_date as period_start_date,
        as_of_date as period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        case when denominator = 0 then any_reason end as reason_code
    from steps
)

select * from final
