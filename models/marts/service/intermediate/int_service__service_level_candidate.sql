-- Every service level a stock record is reckoned through, with the reorder point it needs and what a year of it costs.
-- A contract's penalty is due on all units short while the service it promises is missed; it speaks for all the demand.
with requests as (
    select * from {{ ref('int_service__service_level_request') }}
),

quantiles as (
    select * from {{ ref('int_service__lead_time_demand_quantile') }}
),

lead_time_demand as (
    select * from {{ ref('int_service__lead_time_demand') }}
),

economics as (
    select * from {{ ref('int_service__item_economics') }}
),

contracts as (
    select * from {{ ref('fct_service_contract') }}
    where is_speaking
),

stock_policy as (
    {{ policy_as_of(['allow_negative_ss:text'], over='lead_time_demand', as_of='as_of_date') }}
),

answered as (
    select
        requests.sku_id,
        requests.location_id,
        lead_time_demand.as_of_date,
        requests.service_type,
        requests.target_ratio,
        requests.is_candidate,
        requests.is_cap,
        requests.is_plan,
        requests.is_contract,
        cast(quantiles.csl_ratio as decimal(24, 6)) as csl_ratio,
        cast(quantiles.cycle_ratio as decimal(24, 6)) as cycle_ratio,
        cast(quantiles.needed_reorder_point_qty as decimal(24, 6)) as needed_reorder_point_qty,
        cast(quantiles.expected_shortage_qty as decimal(24, 6)) as expected_shortage_qty,
        cast(quantiles.in_stock_ratio as decimal(24, 6)) as in_stock_ratio,
        {{ kpi_fill_ratio('quantiles.expected_shortage_qty', 'requests.lead_time_order_qty') }} as fill_ratio,
        {{ kpi_short_qty(
            'quantiles.expected_shortage_qty', 'lead_time_demand.annual_demand_qty', 'requests.lead_time_order_qty'
        ) }} as short_qty,
        cast(
            quantiles.needed_reorder_point_qty - requests.mean_lead_time_demand_qty as decimal(24, 6)
        ) as raw_safety_stock_qty,
        cast({{ kpi_safety_stock_qty(
            'quantiles.needed_reorder_point_qty', 'requests.mean_lead_time_demand_qty',
            "stock_policy.allow_negative_ss = 'true'"
        ) }} as decimal(24, 6)) as needed_safety_stock_qty
    from requests
    inner join lead_time_demand
        on
            requests.sku_id = lead_time_demand.sku_id
            and requests.location_id = lead_time_demand.location_id
    inner join stock_policy on lead_time_demand.as_of_date = stock_policy.as_of_date
    inner join quantiles
        on
            requests.service_type = quantiles.service_type
            and requests.target_ratio = quantiles.target_ratio
            and requests.lead_time_distribution = quantiles.lead_time_distribution
            and requests.mean_lead_time_demand_qty = quantiles.mean_lead_time_demand_qty
            and requests.sd_lead_time_demand_qty = quantiles.sd_lead_time_demand_qty
            and requests.lead_time_order_qty = quantiles.lead_time_order_qty
),

missed_promises as (
    select
        answered.sku_id,
        answered.location_id,
        answered.service_type,
        answered.target_ratio,
        max(
            coalesce(
                contracts.penalty_unit_amount,
                {{ product('economics.list_price_amount', 'contracts.penalty_price_ratio', 6, 18) }}
            )
        ) as penalty_unit_amount
    from answered
    inner join economics using (sku_id, location_id)
    inner join contracts
        on
            answered.sku_id = contracts.sku_id
            and answered.location_id = contracts.location_id
    where
        {{ kpi_service_of_type(
            'contracts.service_type', 'answered.cycle_ratio', 'answered.fill_ratio', 'answered.in_stock_ratio'
        ) }} < contracts.target_ratio
    group by answered.sku_id, answered.location_id, answered.service_type, answered.target_ratio
),

costed as (
    select
        answered.*,
        missed_promises.sku_id is not null as is_promise_missed,
        {{ kpi_safety_stock_cost(
            'answered.needed_safety_stock_qty', 'economics.unit_cost_amount', 'economics.carrying_rate'
        ) }} as holding_cost_amount,
        {{ product('answered.short_qty', 'economics.shortage_unit_amount', 4) }} as shortage_cost_amount,
        {{ product('answered.short_qty', 'coalesce(missed_promises.penalty_unit_amount, 0)', 4) }}
            as penalty_cost_amount
    from answered
    inner join economics
        on
            answered.sku_id = economics.sku_id
            and answered.location_id = economics.location_id
    left join missed_promises
        on
            answered.sku_id = missed_promises.sku_id
            and answered.location_id = missed_promises.location_id
            and answered.service_type = missed_promises.service_type
            and answered.target_ratio = missed_promises.target_ratio
),

final as (
    select
        *,
        service_type || '|' || cast(target_ratio as string) as candidate_id,
        cast(holding_cost_amount + shortage_cost_amount + penalty_cost_amount as decimal(24, 4)) as total_cost_amount
    from costed
)

select * from final
