-- RED and BLUE of a record at the end of each cycle and at the cut-off.
with windows as (
    select * from {{ ref('int_service__cycle_window') }}
),

chances as (
    select * from {{ ref('int_service__stockout_chance') }}
),

trigger_policy as (
    {{ policy_as_of(['ss_min_cycles', 'ss_significance', 'ss_blue_ratio'], over='windows', as_of='evaluated_date') }}
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        windows.evaluated_date,
        windows.service_level_ratio,
        windows.cycle_count,
        windows.stockout_count,
        windows.ss_cycle_count,
        windows.penetrated_count,
        windows.final_on_hand_qty,
        windows.cycle_safety_stock_qty,
        cast(chances.tail_probability as decimal(18, 8)) as tail_probability,
        {{ kpi_is_red(
            'windows.stockout_count', 'windows.cycle_count', 'windows.service_level_ratio', 'chances.tail_probability',
            'trigger_policy.ss_min_cycles', 'trigger_policy.ss_significance'
        ) }} as is_red,
        {{ kpi_is_blue(
            'windows.penetrated_count', 'windows.ss_cycle_count', 'trigger_policy.ss_min_cycles',
            'trigger_policy.ss_blue_ratio'
        ) }} as is_blue
    from windows
    inner join trigger_policy using (evaluated_date)
    left join chances
        on
            windows.cycle_count = chances.cycle_count
            and windows.stockout_count = chances.stockout_count
            and windows.service_level_ratio = chances.service_level_ratio
)

select * from final
