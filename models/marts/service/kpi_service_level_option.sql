-- Every service level a record was reckoned through, what it needs and costs in a year, and how much dearer it is than
-- the cheapest.
with candidates as (
    select * from {{ ref('int_service__service_level_candidate') }}
),

choices as (
    select * from {{ ref('int_service__service_level_choice') }}
),

compared as (
    select
        *,
        min(total_cost_amount) over (partition by sku_id, location_id) as least_cost_amount
    from candidates
),

final as (
    select
        compared.sku_id,
        compared.location_id,
        compared.candidate_id,
        compared.as_of_date,
        compared.service_type,
        compared.target_ratio,
        compared.csl_ratio,
        compared.is_candidate,
        compared.is_cap,
        compared.is_plan,
        compared.is_contract,
        coalesce(compared.candidate_id = choices.target_id, false) as is_target,
        compared.cycle_ratio,
        compared.fill_ratio,
        compared.in_stock_ratio,
        compared.needed_reorder_point_qty,
        compared.needed_safety_stock_qty,
        compared.raw_safety_stock_qty,
        compared.expected_shortage_qty,
        compared.short_qty,
        compared.is_promise_missed,
        compared.holding_cost_amount,
        compared.shortage_cost_amount,
        compared.penalty_cost_amount,
        compared.total_cost_amount,
        cast(compared.least_cost_amount as decimal(24, 4)) as least_cost_amount,
        {{ kpi_regret_amount('compared.total_cost_amount', 'compared.least_cost_amount') }} as regret_amount,
        case when compared.total_cost_amount is null then 'no_cost' end as regret_reason
    from compared
    left join choices using (sku_id, location_id)
)

select * from final
