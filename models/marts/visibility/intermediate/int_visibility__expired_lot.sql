-- Units that the ledger holds as available though their lot has expired at the cut-off.
with positions as (
    select * from {{ ref('fct_stock_position') }}
    where stock_status = 'available'
),

lots as (
    select * from {{ ref('dim_lot') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        positions.sku_id,
        positions.location_id,
        cast(sum(greatest(positions.on_hand_qty, 0)) as decimal(18, 4)) as expired_ledger_qty,
        min(lots.expiry_date) as first_expiry_date
    from positions
    inner join cutoff
        on
            positions.valid_from <= cutoff.as_of_at
            and positions.valid_to > cutoff.as_of_at
    inner join lots
        on
            positions.sku_id = lots.sku_id
            and positions.location_id = lots.location_id
            and positions.lot_code = lots.lot_code
            and cutoff.as_of_date > lots.expiry_date
    group by positions.sku_id, positions.location_id
)

select * from final
