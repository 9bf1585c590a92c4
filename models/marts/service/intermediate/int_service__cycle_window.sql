-- The finished cycles of a record over the trailing window, as they stood at the end of each cycle and stand at the
-- cut-off: how many, how many short, how many that went into safety stock.
with cycles as (
    select * from {{ ref('int_service__replenishment_cycle') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

last_cycles as (
    select
        cycles.sku_id,
        cycles.location_id,
        cutoff.as_of_date as evaluated_date,
        {{ value_at_max('cycles.service_level_ratio', 'cycles.cycle_number') }} as service_level_ratio
    from cycles
    cross join cutoff
    group by cycles.sku_id, cycles.location_id, cutoff.as_of_date
),

evaluations as (
    select
        sku_id,
        location_id,
        evaluated_date,
        service_level_ratio
    from last_cycles

    union all

    select
        cycles.sku_id,
        cycles.location_id,
        cycles.cycle_end_date as evaluated_date,
        cycles.service_level_ratio
    from cycles
    inner join cutoff on cycles.cycle_end_date < cutoff.as_of_date
),

window_policy as (
    {{ policy_as_of(['ss_window_days'], over='evaluations', as_of='evaluated_date') }}
),

windows as (
    select
        evaluations.*,
        {{ add_days('evaluations.evaluated_date', '-window_policy.ss_window_days') }} as after_date
    from evaluations
    inner join window_policy using (evaluated_date)
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        windows.evaluated_date,
        windows.service_level_ratio,
        cast(count(cycles.cycle_number) as integer) as cycle_count,
        cast(count(*) filter (where cycles.is_stocked_out) as integer) as stockout_count,
        cast(count(cycles.is_penetrated) as integer) as ss_cycle_count,
        cast(count(*) filter (where cycles.is_penetrated) as integer) as penetrated_count,
        cast(sum(cycles.final_on_hand_qty) filter (where cycles.is_penetrated is not null) as decimal(24, 4))
            as final_on_hand_qty,
        cast(sum(cycles.safety_stock_qty) filter (where cycles.is_penetrated is not null) as decimal(24, 4))
            as cycle_safety_stock_qty
    from windows
    left join cycles
        on
            windows.sku_id = cycles.sku_id
            and windows.location_id = cycles.location_id
            and windows.evaluated_date >= cycles.cycle_end_date
            and windows.after_date < cycles.cycle_end_date
    group by windows.sku_id, windows.location_id, windows.evaluated_date, windows.service_level_ratio
)

select * from final
