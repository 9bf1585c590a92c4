-- Finished replenishment cycles beside the safety stock and the service level in force when they ended: did stock go
-- below the one, did a customer go without.
with cycles as (
    select * from {{ ref('int_service__replenishment_cycle_stock') }}
    where cycle_end_date is not null
),

unmet as (
    select * from {{ ref('int_service__unmet_demand') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

economics as (
    select * from {{ ref('int_service__item_economics') }}
),

places as (
    select
        location_id,
        min(orders_from_date) as orders_from_date
    from unmet
    group by location_id
),

shortages as (
    select
        cycles.sku_id,
        cycles.location_id,
        cycles.cycle_number,
        sum(unmet.unmet_qty) as unmet_qty
    from cycles
    inner join unmet
        on
            cycles.sku_id = unmet.sku_id
            and cycles.location_id = unmet.location_id
            and cycles.cycle_start_date <= unmet.due_date
            and cycles.cycle_end_date > unmet.due_date
    group by cycles.sku_id, cycles.location_id, cycles.cycle_number
),

joined as (
    select
        cycles.*,
        economics.abc_class,
        parameters.safety_stock_qty,
        parameters.service_level_ratio as planned_service_level_ratio,
        coalesce(shortages.unmet_qty, 0) as unmet_qty,
        coalesce(cycles.cycle_start_date >= places.orders_from_date, false) as is_demand_told
    from cycles
    inner join economics using (sku_id, location_id)
    left join places on cycles.location_id = places.location_id
    left join shortages using (sku_id, location_id, cycle_number)
    left join parameters
        on
            cycles.sku_id = parameters.sku_id
            and cycles.location_id = parameters.location_id
            and cycles.cycle_end_date >= parameters.valid_from_date
            and cycles.cycle_end_date < parameters.valid_to_date
),

level_policy as (
    {{ policy_as_of(
        ['default_service_level'], over='joined', as_of='cycle_end_date', scopes={'abc_class': 'abc_class'}
    ) }}
),

final as (
    select
        joined.sku_id,
        joined.location_id,
        joined.cycle_number,
        joined.cycle_start_date,
        joined.cycle_end_date,
        joined.least_on_hand_qty,
        joined.final_on_hand_qty,
        joined.safety_stock_qty,
        cast(coalesce(joined.planned_service_level_ratio, level_policy.default_service_level) as decimal(9, 6))
            as service_level_ratio,
        cast(joined.unmet_qty as decimal(18, 4)) as unmet_qty,
        case when joined.is_demand_told then 'orders' else 'stock' end as stockout_source,
        {{ kpi_is_cycle_short('joined.is_demand_told', 'joined.unmet_qty', 'joined.least_on_hand_qty') }}
            as is_stocked_out,
        {{ kpi_is_penetrated('joined.least_on_hand_qty', 'joined.safety_stock_qty') }} as is_penetrated
    from joined
    inner join level_policy using (cycle_end_date, abc_class)
)

select * from final
