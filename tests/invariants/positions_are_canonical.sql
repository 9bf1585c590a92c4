-- One canonical form: no zero-length row, no neighbour of equal quantity, no gap and no overlap. A row breaks the form,
-- so that two builds of the same ledger would no longer be equal byte for byte.
with ordered as (
    select
        *,
        lag(on_hand_qty) over stock_history as previous_qty,
        lag(valid_to) over stock_history as previous_valid_to
    from {{ ref('fct_stock_position') }}
    window
        stock_history as (
            partition by sku_id, location_id, lot_code, stock_status, owner_code
            order by valid_from
        )
),

final as (
    select
        sku_id,
        location_id,
        valid_from,
        valid_to
    from ordered
    where
        valid_from >= valid_to
        or previous_qty = on_hand_qty
        or previous_valid_to <> valid_from
)

select * from final
