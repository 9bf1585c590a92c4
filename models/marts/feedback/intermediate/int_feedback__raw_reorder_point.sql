-- The reorder point before it is capped and rounded. A supplier that breaks its promises too often is planned with its
-- slow lead times, and then without their spread: no double safety.
with planning_inputs as (
    select * from {{ ref('int_feedback__planning_input') }}
),

supplier_scores as (
    select * from {{ ref('fct_supplier_score') }}
),

variant_policy as (
    {{ policy_as_of(['otif_p90_limit', 'otif_min_lines'], over='planning_inputs', as_of='as_of_date') }}
),

chosen as (
    select
        planning_inputs.*,
        supplier_scores.otif_ratio,
        supplier_scores.quality_ratio,
        supplier_scores.lead_time_consistency_ratio,
        supplier_scores.quantity_accuracy_ratio,
        supplier_scores.supplier_score_ratio,
        {{ kpi_reorder_point_variant(
            'supplier_scores.otif_ratio', 'supplier_scores.due_line_count', 'variant_policy.otif_p90_limit',
            'variant_policy.otif_min_lines'
        ) }} as variant
    from planning_inputs
    inner join variant_policy on planning_inputs.as_of_date = variant_policy.as_of_date
    left join supplier_scores on planning_inputs.supplier_id = supplier_scores.supplier_id
),

varied as (
    select
        *,
        {{ kpi_normal_quantile('service_level_ratio') }} as service_z_ratio,
        cast(
            case when variant = 'p90' then lead_time_p90_days else lead_time_days end + review_days as decimal(18, 6)
        ) as cover_days,
        case when variant = 'standard' then lead_time_sd_days end as counted_lead_time_sd_days
    from chosen
),

spread as (
    select
        *,
        {{ square_root(kpi_lead_time_demand_variance(
            'mean_daily_qty', 'sd_daily_qty', 'cover_days', 'counted_lead_time_sd_days'
        )) }} as sigma_qty,
        {{ kpi_reorder_point_reason('mean_daily_qty', 'sd_daily_qty', 'cover_days', 'service_z_ratio') }}
            as proposal_reason
    from varied
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        unit_cost_amount,
        mean_daily_qty,
        sd_daily_qty,
        supplier_id,
        lead_time_days,
        lead_time_sd_days,
        lead_time_p90_days,
        lead_time_source,
        reorder_point_qty,
        safety_stock_qty,
        order_qty,
        review_days,
        service_level_ratio,
        is_human_override,
        moq_qty,
        order_multiple_qty,
        otif_ratio,
        quality_ratio,
        lead_time_consistency_ratio,
        quantity_accuracy_ratio,
        supplier_score_ratio,
        variant,
        service_z_ratio,
        cover_days,
        counted_lead_time_sd_days,
        sigma_qty,
        proposal_reason,
        case when proposal_reason is null then {{ kpi_cycle_demand('mean_daily_qty', 'cover_days') }} end
            as cycle_qty,
        case when proposal_reason is null then {{ kpi_safety_stock('service_z_ratio', 'sigma_qty') }} end
            as proposed_safety_stock_qty
    from spread
)

select * from final
