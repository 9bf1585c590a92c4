-- The service level each stock record should be planned for: the cost optimum among the candidates, under the cap of its
-- class, but never below what contracts promise; beside it the level the ERP plans with.
with candidates as (
    select * from {{ ref('int_service__service_level_candidate') }}
),

lead_time_demand as (
    select * from {{ ref('int_service__lead_time_demand') }}
),

economics as (
    select * from {{ ref('int_service__item_economics') }}
),

-- The least cost, then the lowest level; the highest floor, then the one of the higher reorder point.
ranked as (
    select
        *,
        service_type || '|' || cast(target_ratio as varchar) as candidate_id,
        row_number() over (
            partition by sku_id, location_id
            order by
                case when is_candidate or is_contract then 0 else 1 end asc,
                total_cost_amount asc nulls last,
                csl_ratio asc,
                service_type asc,
                target_ratio asc
        ) as cost_rank,
        row_number() over (
            partition by sku_id, location_id
            order by
                case when is_contract then 0 else 1 end asc,
                csl_ratio desc,
                needed_reorder_point_qty desc,
                service_type asc,
                target_ratio asc
        ) as floor_rank
    from candidates
),

parts as (
    select
        sku_id,
        location_id,
        max(csl_ratio) filter (where cost_rank = 1 and total_cost_amount is not null) as cost_optimum_ratio,
        max(candidate_id) filter (where cost_rank = 1) as optimum_id,
        max(csl_ratio) filter (where is_cap) as cap_ratio,
        max(candidate_id) filter (where is_cap) as cap_id,
        max(csl_ratio) filter (where is_contract and floor_rank = 1) as contract_floor_ratio,
        max(candidate_id) filter (where is_contract and floor_rank = 1) as floor_id,
        max(total_cost_amount) filter (where is_plan) as planned_total_cost_amount
    from ranked
    group by sku_id, location_id
),

decided as (
    select
        *,
        {{ kpi_service_level_target('contract_floor_ratio', 'cost_optimum_ratio', 'cap_ratio') }}
            as service_level_target_ratio,
        coalesce(contract_floor_ratio > least(cost_optimum_ratio, cap_ratio), false) as is_floor_binding,
        case when cost_optimum_ratio <= cap_ratio then optimum_id else cap_id end as unfloored_id
    from parts
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
        {{ fixed(multiply('lead_time_demand.annual_demand_qty', 'economics.unit_cost_amount')) }}
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
        decided.cost_optimum_ratio,
        economics.cap_ratio,
        decided.contract_floor_ratio,
        decided.service_level_target_ratio,
        case
            when decided.is_floor_binding then 'contract'
            when decided.cost_optimum_ratio <= decided.cap_ratio then 'cost_optimum'
            when decided.cost_optimum_ratio is not null then 'cap'
        end as decided_by,
        lead_time_demand.service_level_reason,
        {{ kpi_backorder_optimum_ratio(
            'lead_time_demand.lead_time_order_qty', multiply('economics.unit_cost_amount', 'economics.carrying_rate'),
            'economics.shortage_unit_amount', 'lead_time_demand.annual_demand_qty'
        ) }} as backorder_optimum_ratio,
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
            case when decided.is_floor_binding then targets.total_cost_amount - unfloored.total_cost_amount end
            as decimal(24, 4)
        ) as contract_premium_amount,
        lead_time_demand.planned_service_level_ratio,
        decided.planned_total_cost_amount,
        lead_time_demand.planned_service_level_ratio < decided.service_level_target_ratio as is_planned_below_target,
        coalesce(
            lead_time_demand.service_level_reason,
            case when lead_time_demand.planned_service_level_ratio is null then 'no_plan' end
        ) as planned_gap_reason
    from lead_time_demand
    inner join economics using (sku_id, location_id)
    left join decided using (sku_id, location_id)
    left join ranked as targets
        on
            decided.sku_id = targets.sku_id
            and decided.location_id = targets.location_id
            and decided.service_level_target_ratio is not null
            and targets.candidate_id
            = case when decided.is_floor_binding then decided.floor_id else decided.unfloored_id end
    left join ranked as unfloored
        on
            decided.sku_id = unfloored.sku_id
            and decided.location_id = unfloored.location_id
            and decided.unfloored_id = unfloored.candidate_id
)

select * from final
