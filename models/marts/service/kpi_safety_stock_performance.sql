-- How the safety stock of each record did its work over its trailing cycles, what is left of it now, and what that
-- triggers.
with stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

triggers as (
    select * from {{ ref('int_service__cycle_trigger') }}
),

low_runs as (
    select * from {{ ref('int_service__low_stock_run') }}
    where closed_date is null
),

reviews as (
    select * from {{ ref('fct_operational_review') }}
    where closed_date is null and is_leading
),

trigger_policy as (
    {{ policy_as_of(['ss_min_cycles'], over='cutoff', as_of='as_of_date') }}
),

leads as (
    select
        sku_id,
        location_id,
        trigger_code,
        min(review_function) as routed_to
    from reviews
    group by sku_id, location_id, trigger_code
),

joined as (
    select
        stock_states.sku_id,
        stock_states.location_id,
        cutoff.as_of_date,
        stock_states.on_hand_qty,
        parameters.safety_stock_qty,
        statistics.mean_daily_qty,
        triggers.service_level_ratio,
        triggers.cycle_count,
        triggers.stockout_count,
        triggers.ss_cycle_count,
        triggers.penetrated_count,
        triggers.final_on_hand_qty,
        triggers.cycle_safety_stock_qty,
        triggers.tail_probability,
        low_runs.low_day_count,
        coalesce(triggers.is_red, false) as is_red,
        low_runs.sku_id is not null as is_amber,
        coalesce(triggers.is_blue, false) as is_blue,
        trigger_policy.ss_min_cycles
    from stock_states
    cross join cutoff
    inner join trigger_policy on cutoff.as_of_date = trigger_policy.as_of_date
    left join parameters
        on
            stock_states.sku_id = parameters.sku_id
            and stock_states.location_id = parameters.location_id
            and cutoff.as_of_date >= parameters.valid_from_date
            and cutoff.as_of_date < parameters.valid_to_date
    left join statistics
        on stock_states.sku_id = statistics.sku_id and stock_states.location_id = statistics.location_id
    left join triggers
        on
            stock_states.sku_id = triggers.sku_id
            and stock_states.location_id = triggers.location_id
            and cutoff.as_of_date = triggers.evaluated_date
    left join low_runs
        on stock_states.sku_id = low_runs.sku_id and stock_states.location_id = low_runs.location_id
),

triggered as (
    select
        *,
        {{ kpi_trigger_code('is_red', 'is_amber', 'is_blue') }} as trigger_code,
        case when safety_stock_qty > 0 then safety_stock_qty end as planned_safety_stock_qty
    from joined
),

final as (
    select
        triggered.sku_id,
        triggered.location_id,
        triggered.as_of_date,
        triggered.on_hand_qty,
        triggered.safety_stock_qty,
        triggered.service_level_ratio,
        coalesce(triggered.cycle_count, 0) as cycle_count,
        coalesce(triggered.stockout_count, 0) as stockout_count,
        {{ kpi_cycle_share_ratio('triggered.stockout_count', 'triggered.cycle_count') }} as stockout_cycle_ratio,
        cast(1 - triggered.service_level_ratio as decimal(9, 6)) as allowed_stockout_ratio,
        triggered.tail_probability,
        coalesce(triggered.ss_cycle_count, 0) as ss_cycle_count,
        coalesce(triggered.penetrated_count, 0) as penetrated_count,
        {{ kpi_cycle_share_ratio('triggered.penetrated_count', 'triggered.ss_cycle_count') }} as penetration_ratio,
        {{ divide('triggered.final_on_hand_qty', 'triggered.cycle_safety_stock_qty') }} as final_stock_ratio,
        {{ divide('triggered.on_hand_qty', 'triggered.planned_safety_stock_qty') }} as ss_coverage_ratio,
        {{ divide('triggered.planned_safety_stock_qty', 'triggered.mean_daily_qty') }} as ss_days,
        coalesce(triggered.low_day_count, 0) as low_day_count,
        triggered.is_red,
        triggered.is_amber,
        triggered.is_blue,
        triggered.trigger_code,
        leads.routed_to,
        {{ kpi_safety_stock_reason('triggered.safety_stock_qty', 'triggered.cycle_count', 'triggered.ss_min_cycles') }}
            as safety_stock_reason
    from triggered
    left join leads
        on
            triggered.sku_id = leads.sku_id
            and triggered.location_id = leads.location_id
            and triggered.trigger_code = leads.trigger_code
)

select * from final
