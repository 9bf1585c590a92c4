-- The service level each stock record should be planned for, every part that it comes from, what it needs and costs,
-- and the level the ERP plans with.
with candidates as (
    select * from {{ ref('int_service__service_level_candidate') }}
),

choices as (
    select * from {{ ref('int_service__service_level_choice') }}
),

lead_time_demand as (
    select * from {{ ref('int_service__lead_time_demand') }}
),

economics as (
    select * from {{ ref('int_service__item_economics') }}
),

final as (
    select
        lead_time_demand.sku_id,
        lead_time_demand.location_id,
        lead_time_demand.as_of_date,
        lead_time_demand.demand_class,
        economics.abc_class,
        economics.xyz_class,
        lead_time_demand.lead_time_distribution,
        lead_time_demand.annual_demand_qty,
        {{ product('lead_time_demand.annual_demand_qty', 'economics.unit_cost_amount', 4) }}
            as annual_demand_amount,
        lead_time_demand.lead_time_days,
        lead_time_demand.lead_time_sd_days,
        lead_time_demand.review_days,
        lead_time_demand.mean_lead_time_demand_qty,
        lead_time_demand.sd_lead_time_demand_qty,
        lead_time_demand.lead_time_order_qty,
        lead_time_demand.order_qty_source,
        economics.unit_cost_amount,
        economics.carrying_rate,
        economics.shortage_unit_amount,
        choices.cost_optimum_ratio,
        economics.cap_ratio,
        choices.contract_floor_ratio,
        choices.service_level_target_ratio,
        choices.decided_by,
        lead_time_demand.service_level_reason,
        {{ kpi_backorder_optimum_ratio(
            'lead_time_demand.lead_time_order_qty', multiply('economics.unit_cost_amount', 'economics.carrying_rate'),
            'economics.shortage_unit_amount', 'lead_time_demand.annual_demand_qty'
        ) }} as backorder_optimum_ratio,
        targets.cycle_ratio,
        targets.needed_reorder_point_qty,
        targets.needed_safety_stock_qty,
        targets.raw_safety_stock_qty,
        targets.expected_shortage_qty,
        targets.fill_ratio,
        targets.in_stock_ratio,
        targets.holding_cost_amount,
        targets.shortage_cost_amount,
        targets.penalty_cost_amount,
        targets.total_cost_amount,
        cast(
            case when choices.is_floor_binding then targets.total_cost_amount - unfloored.total_cost_amount end
            as decimal(24, 4)
        ) as contract_premium_amount,
        lead_time_demand.planned_service_level_ratio,
        choices.planned_total_cost_amount,
        lead_time_demand.planned_service_level_ratio < choices.service_level_target_ratio as is_planned_below_target,
        coalesce(
            lead_time_demand.service_level_reason,
            case when lead_time_demand.planned_service_level_ratio is null then 'no_plan' end
        ) as planned_gap_reason
    from lead_time_demand
    inner join economics using (sku_id, location_id)
    left join choices using (sku_id, location_id)
    left join candidates as targets
        on
            choices.sku_id = targets.sku_id
            and choices.location_id = targets.location_id
            and choices.target_id = targets.candidate_id
    left join candidates as unfloored
        on
            choices.sku_id = unfloored.sku_id
            and choices.location_id = unfloored.location_id
            and choices.unfloored_id = unfloored.candidate_id
)

select * from final
