-- What came into the owned stock by the day on which it came, however late it was told. A reversal goes back to the
-- day of what it takes back, as now known, so that a receipt booked in error leaves no layer. Opening stock of the
-- ledger came that day or before: its age is not known.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_owned
),

-- The ledger again, for a few columns of it: what two steps read would be held as a whole.
reversing as (
    select
        movement_id,
        site_code,
        reverses_event_id
    from {{ ref('fct_stock_movement') }}
    where is_owned and event_type = 'reversal'
),

originals as (
    select
        site_code,
        event_id,
        event_date
    from {{ ref('fct_stock_movement') }}
    where is_current_version
),

movement_types as (
    select * from {{ ref('movement_types') }}
    where direction = 'in' or movement_type = 'opening_balance'
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- From the few reversals and not from the many events; whoever owns the goods that a reversal takes back.
reversals as (
    select
        reversing.movement_id,
        min(originals.event_date) as receipt_date
    from reversing
    inner join originals
        on
            reversing.site_code = originals.site_code
            and reversing.reverses_event_id = originals.event_id
    group by reversing.movement_id
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
