-- Replenishment cycles of a record by its ledger: each begins with the first goods that come in on a day and lasts
-- until the next such day. Stock before the first receipt belongs to no cycle.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_owned and movement_type in ('receipt', 'production', 'transfer_in') and movement_qty > 0
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

arrivals as (
    select
        sku_id,
        location_id,
        event_date,
        min(occurred_at) as arrived_at
    from movements
    group by sku_id, location_id, event_date
),

events as (
    select
        sku_id,
        location_id,
        arrived_at as happened_at,
        event_date as arrived_date,
        1 as arrival_count,
        null as on_hand_qty
    from arrivals

    union all

    select
        sku_id,
        location_id,
        valid_from as happened_at,
        null as arrived_date,
        0 as arrival_count,
        on_hand_qty
    from on_hand
),

numbered as (
    select
        *,
        sum(arrival_count) over (
            partition by sku_id, location_id order by happened_at asc, arrival_count desc
            rows between unbounded preceding and current row
        ) as cycle_number
    from events
),

summed as (
    select
        sku_id,
        location_id,
        cycle_number,
        max(arrived_date) as cycle_start_date,
        min(on_hand_qty) as least_on_hand_qty,
        {{ value_at_max('on_hand_qty', 'happened_at') }} as final_on_hand_qty
    from numbered
    where cycle_number > 0
    group by sku_id, location_id, cycle_number
),

final as (
    select
        sku_id,
        location_id,
        cast(cycle_number as integer) as cycle_number,
        cycle_start_date,
        lead(cycle_start_date) over (partition by sku_id, location_id order by cycle_number) as cycle_end_date,
        cast(least_on_hand_qty as decimal(18, 4)) as least_on_hand_qty,
        cast(final_on_hand_qty as decimal(18, 4)) as final_on_hand_qty
    from summed
)

select * from final
