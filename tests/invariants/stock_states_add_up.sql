-- I1 by state: the parts of on hand are all of it, and none but the free part is ever less than nothing by a promise.
with states as (
    select * from {{ ref('fct_stock_state') }}
),

final as (
    select
        sku_id,
        location_id,
        as_of_at,
        on_hand_qty,
        available_qty,
        reserved_qty,
        reserved_source,
        quarantine_qty,
        damaged_qty,
        expired_qty
    from states
    where
        on_hand_qty <> available_qty + reserved_qty + quarantine_qty + damaged_qty + expired_qty
        or (reserved_source = 'erp.inventory_balances' and available_qty < 0)
)

select * from final
