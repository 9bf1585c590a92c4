-- ERP balance beside the ledger at the instant the balance speaks of, for every SKU-location known to either side.
with balances as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'erp' and is_owned
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

cut_offs as (
    select distinct
        location_id,
        cut_off_at
    from balances
),

-- The ledger's side of the full outer join: every SKU on its books at the cut-off.
ledger_keys as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        cut_offs.cut_off_at
    from cut_offs
    inner join on_hand
        on
            cut_offs.location_id = on_hand.location_id
            and cut_offs.cut_off_at >= on_hand.valid_from
            and cut_offs.cut_off_at < on_hand.valid_to
),

compared_keys as (
    select
        sku_id,
        location_id,
        cut_off_at
    from ledger_keys

    union

    select
        sku_id,
        location_id,
        cut_off_at
    from balances
),

final as (
    select
        compared_keys.sku_id,
        compared_keys.location_id,
        compared_keys.cut_off_at,
        coalesce(balances.as_of_at, compared_keys.cut_off_at) as as_of_at,
        balances.on_hand_qty as erp_on_hand_qty,
        balances.quarantine_qty as erp_quarantine_qty,
        on_hand.on_hand_qty as wms_on_hand_qty,
        balances.sku_id is not null as is_in_erp,
        on_hand.sku_id is not null as is_in_wms
    from compared_keys
    left join balances
        on
            compared_keys.sku_id = balances.sku_id
            and compared_keys.location_id = balances.location_id
            and compared_keys.cut_off_at = balances.cut_off_at
    left join on_hand
        on
            compared_keys.sku_id = on_hand.sku_id
            and compared_keys.location_id = on_hand.location_id
            and coalesce(balances.as_of_at, compared_keys.cut_off_at) >= on_hand.valid_from
            and coalesce(balances.as_of_at, compared_keys.cut_off_at) < on_hand.valid_to
)

select * from final
