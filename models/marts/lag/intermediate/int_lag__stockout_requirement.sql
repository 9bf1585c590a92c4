-- The reorder point in force at the decision beside the one that demand and lead times known then asked for.
with demands as (
    select
        *,
        cast(date_trunc('month', decision_date) as date) as decision_month_date
    from {{ ref('int_lag__stockout_demand') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

supplier_months as (
    select * from {{ ref('int_lag__supplier_lead_month') }}
),

requirement_policy as (
    {{ policy_as_of(['lead_time_shrinkage', 'oos_requirement_tolerance'], over='demands', as_of='decision_date') }}
),

joined as (
    select
        demands.*,
        parameters.reorder_point_qty,
        parameters.safety_stock_qty,
        parameters.service_level_ratio,
        lead_times.planned_lead_time_days,
        supplier_months.sd_lead_time_days,
        requirement_policy.oos_requirement_tolerance,
        {{ kpi_shrunk(
            'supplier_months.mean_lead_time_days', 'supplier_months.receipt_count',
            'lead_times.planned_lead_time_days', 'requirement_policy.lead_time_shrinkage'
        ) }} + coalesce(parameters.review_days, 0) as cover_days,
        {{ divide('demands.demand_qty', 'demands.in_stock_day_count') }} as mean_daily_qty,
        {{ kpi_explained_squares('demands.in_stock_day_count', 'demands.demand_qty') }} as explained_squares
    from demands
    inner join requirement_policy using (decision_date)
    left join parameters
        on
            demands.sku_id = parameters.sku_id
            and demands.location_id = parameters.location_id
            and demands.decision_date >= parameters.valid_from_date
            and demands.decision_date < parameters.valid_to_date
    left join lead_times
        on demands.sku_id = lead_times.sku_id and demands.location_id = lead_times.location_id
    left join supplier_months
        on
            lead_times.supplier_id = supplier_months.supplier_id
            and demands.decision_month_date = supplier_months.month_start_date
),

varied as (
    select
        *,
        {{ square_root(kpi_sample_variance('in_stock_day_count', 'explained_squares', 'squared_qty')) }}
            as sd_daily_qty
    from joined
),

spread as (
    select
        *,
        {{ square_root(kpi_lead_time_demand_variance(
            'mean_daily_qty', 'sd_daily_qty', 'cover_days', 'sd_lead_time_days'
        )) }} as sigma_qty,
        {{ kpi_normal_quantile('service_level_ratio') }} as z
    from varied
),

required as (
    select
        *,
        {{ kpi_required_reorder_point('mean_daily_qty', 'cover_days', 'z', 'sigma_qty') }} as required_qty
    from spread
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        reorder_point_qty,
        safety_stock_qty,
        mean_daily_qty,
        cast(cover_days as decimal(18, 6)) as cover_days,
        cast(required_qty as decimal(24, 4)) as required_reorder_point_qty,
        {{ kpi_is_below_requirement('reorder_point_qty', 'required_qty', 'oos_requirement_tolerance') }}
            as is_below_requirement
    from required
)

select * from final
