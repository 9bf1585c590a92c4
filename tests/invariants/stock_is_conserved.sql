-- I1: the open position of every stock equals the sum of its ledger. A row means that a movement was lost, doubled or
-- changed between the ledger and the positions: rebuild with a full refresh and compare.
with ledger as (
    select
        sku_id,
        location_id,
        lot_code,
        stock_status,
        owner_code,
        sum(movement_qty) as ledger_qty
    from {{ ref('fct_stock_movement') }}
    group by sku_id, location_id, lot_code, stock_status, owner_code
),

positions as (
    select * from {{ ref('fct_stock_position') }}
    where valid_to = timestamp '9999-12-31 00:00:00'
),

final as (
    select
        coalesce(ledger.sku_id, positions.sku_id) as sku_id,
        coalesce(ledger.location_id, positions.location_id) as location_id,
        ledger.ledger_qty,
        positions.on_hand_qty
    from ledger
    full outer join positions
        on
            ledger.sku_id = positions.sku_id
            and ledger.location_id = positions.location_id
            and ledger.lot_code = positions.lot_code
            and ledger.stock_status = positions.stock_status
            and ledger.owner_code = positions.owner_code
    where
        ledger.ledger_qty is null
        or positions.on_hand_qty is null
        or ledger.ledger_qty <> positions.on_hand_qty
)

select * from final
