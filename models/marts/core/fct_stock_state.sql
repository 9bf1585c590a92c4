-- What can be done with the stock of a record at the cut-off, each part with its source. The parts of on hand add
-- up to it.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

ledger_states as (
    select * from {{ ref('int_core__ledger_state') }}
),

balances as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'erp' and is_owned
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where open_qty > 0
),

last_balances as (
    select
        balances.sku_id,
        balances.location_id,
        {{ value_at_max('balances.reserved_qty', 'balances.cut_off_at') }} as erp_reserved_qty,
        {{ value_at_max('balances.in_transit_qty', 'balances.cut_off_at') }} as in_transit_qty
    from balances
    inner join cutoff on balances.cut_off_at <= cutoff.as_of_at
    group by balances.sku_id, balances.location_id
),

ordered as (
    select
        sku_id,
        location_id,
        sum(open_qty) as on_order_qty
    from order_lines
    group by sku_id, location_id
),

joined as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        cutoff.as_of_at,
        coalesce(ledger_states.on_hand_qty, 0) as on_hand_qty,
        coalesce(ledger_states.available_qty, 0) as free_qty,
        coalesce(ledger_states.reserved_qty, 0) as ledger_reserved_qty,
        coalesce(ledger_states.quarantine_qty, 0) as quarantine_qty,
        coalesce(ledger_states.damaged_qty, 0) as damaged_qty,
        coalesce(ledger_states.expired_qty, 0) as expired_qty,
        {{ kpi_promised_qty(
            'last_balances.erp_reserved_qty', 'ledger_states.reserved_qty', 'ledger_states.available_qty'
        ) }} as promised_qty,
        last_balances.in_transit_qty,
        coalesce(ordered.on_order_qty, 0) as on_order_qty
    from stock_records
    cross join cutoff
    left join ledger_states
        on stock_records.sku_id = ledger_states.sku_id and stock_records.location_id = ledger_states.location_id
    left join last_balances
        on stock_records.sku_id = last_balances.sku_id and stock_records.location_id = last_balances.location_id
    left join ordered
        on stock_records.sku_id = ordered.sku_id and stock_records.location_id = ordered.location_id
),

final as (
    select
        sku_id,
        location_id,
        as_of_at,
        cast(on_hand_qty as decimal(18, 4)) as on_hand_qty,
        cast(free_qty - promised_qty as decimal(18, 4)) as available_qty,
        cast(ledger_reserved_qty + promised_qty as decimal(18, 4)) as reserved_qty,
        case when promised_qty > 0 then 'erp.inventory_balances' else 'wms.movements' end as reserved_source,
        cast(quarantine_qty as decimal(18, 4)) as quarantine_qty,
        cast(damaged_qty as decimal(18, 4)) as damaged_qty,
        cast(expired_qty as decimal(18, 4)) as expired_qty,
        cast(in_transit_qty as decimal(18, 4)) as in_transit_qty,
        case when in_transit_qty is not null then 'erp.inventory_balances' end as in_transit_source,
        cast(on_order_qty as decimal(18, 4)) as on_order_qty
    from joined
)

select * from final
