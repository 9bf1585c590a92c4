-- I1 for the owned stock of a SKU at a location, which every value rests on.
with ledger as (
    select
        sku_id,
        location_id,
        sum(movement_qty) as ledger_qty
    from {{ ref('fct_stock_movement') }}
    where is_owned
    group by sku_id, location_id
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where valid_to = timestamp '9999-12-31 00:00:00'
),

final as (
    select
        coalesce(ledger.sku_id, on_hand.sku_id) as sku_id,
        coalesce(ledger.location_id, on_hand.location_id) as location_id,
        ledger.ledger_qty,
        on_hand.on_hand_qty
    from ledger
    full outer join on_hand
        on
            ledger.sku_id = on_hand.sku_id
            and ledger.location_id = on_hand.location_id
    where ledger.ledger_qty is null or on_hand.on_hand_qty is null or ledger.ledger_qty <> on_hand.on_hand_qty
)

select * from final
