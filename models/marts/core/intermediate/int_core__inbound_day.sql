-- What came into the owned stock by the day on which it came, however late it was told. A reversal goes back to the
-- day of what it takes back, as now known, so that a receipt booked in error leaves no layer. Opening stock of the
-- ledger came that day or before: its age is not known.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_owned
),

movement_types as (
    select * from {{ ref('movement_types') }}
    where direction = 'in' or movement_type = 'opening_balance'
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- From the few reversals and not from the many events.
reversals as (
    select
        reversal.movement_id,
        min(original.event_date) as receipt_date
    from movements as reversal
    inner join movements as original
        on
            reversal.site_code = original.site_code
            and reversal.reverses_event_id = original.event_id
    where reversal.event_type = 'reversal' and original.is_current_version
    group by reversal.movement_id
),

final as (
    select
        movements.sku_id,
        movements.location_id,
        coalesce(reversals.receipt_date, movements.event_date) as receipt_date,
        movements.movement_type = 'opening_balance' as is_opening_balance,
        cast(sum(movements.movement_qty) as decimal(18, 4)) as received_qty
    from movements
    inner join movement_types on movements.movement_type = movement_types.movement_type
    inner join cutoff on movements.occurred_at <= cutoff.as_of_at
    left join reversals on movements.movement_id = reversals.movement_id
    group by
        movements.sku_id,
        movements.location_id,
        coalesce(reversals.receipt_date, movements.event_date),
        movements.movement_type = 'opening_balance'
    having sum(movements.movement_qty) > 0
)

select * from final
