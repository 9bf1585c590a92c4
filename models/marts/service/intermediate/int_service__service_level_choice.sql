-- What decides each stock record's level: the cost optimum among the candidates, under the cap of its class, but never
-- below what contracts promise; and which candidate that is, with and without the contracts.
with candidates as (
    select * from {{ ref('int_service__service_level_candidate') }}
),

-- A promise below policy's candidates never lowers the optimum.
offered as (
    select
        *,
        is_candidate
        or (is_contract and csl_ratio >= min(case when is_candidate then csl_ratio end) over record)
            as is_offered
    from candidates
    window record as (partition by sku_id, location_id)
),

-- The least cost, then the lowest level; the highest floor, then the one of the higher reorder point.
ranked as (
    select
        *,
        row_number() over (
            partition by sku_id, location_id
            order by
                case when is_offered then 0 else 1 end asc,
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
    from offered
),

parts as (
    select
        sku_id,
        location_id,
        max(csl_ratio) filter (where cost_rank = 1 and is_offered and total_cost_amount is not null)
            as cost_optimum_ratio,
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
        cost_optimum_ratio is not null
        and coalesce(contract_floor_ratio > least(cost_optimum_ratio, cap_ratio), false) as is_floor_binding,
        case when cost_optimum_ratio <= cap_ratio then optimum_id else cap_id end as unfloored_id
    from parts
),

final as (
    select
        sku_id,
        location_id,
        cost_optimum_ratio,
        cap_ratio,
        contract_floor_ratio,
        service_level_target_ratio,
        is_floor_binding,
        case
            when is_floor_binding then 'contract'
            when cost_optimum_ratio <= cap_ratio then 'cost_optimum'
            when cost_optimum_ratio is not null then 'cap'
        end as decided_by,
        case
            when is_floor_binding then floor_id
            when service_level_target_ratio is not null then unfloored_id
        end as target_id,
        unfloored_id,
        planned_total_cost_amount
    from decided
)

select * from final
