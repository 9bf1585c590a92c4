-- Owned stock that moved in each month by step of the bridge, at the unit cost of the day of posting, local
-- currency. Transfers stand in int_lag__bridge_transfer.
with movements as (
    select
        *,
        {{ kpi_bridge_step('movement_type') }} as bridge_step
    from {{ ref('fct_stock_movement') }}
    where is_owned and movement_type not in ('transfer_in', 'transfer_out')
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

daily as (
    select
        sku_id,
        location_id,
        posting_date,
        bridge_step,
        sum(movement_qty) as moved_qty
    from movements
    group by sku_id, location_id, posting_date, bridge_step
),

final as (
    select
        daily.sku_id,
        daily.location_id,
        {{ month_of('daily.posting_date') }} as month_start_date,
        daily.bridge_step,
        {{ fixed('sum(' ~ multiply('daily.moved_qty', 'unit_costs.unit_cost_amount') ~ ')', 6) }} as local_amount,
        bool_or(daily.moved_qty <> 0 and unit_costs.unit_cost_amount is null) as is_uncosted
    from daily
    {{ join_unit_cost('daily', 'daily.posting_date') }}
    group by daily.sku_id, daily.location_id, {{ month_of('daily.posting_date') }}, daily.bridge_step
)

select * from final
