-- Days that a record's book showed goods and its shelf was empty, as runs: from the first mark within a run of the book
-- to the next movement. A flag alone means the day after the last movement on.
with marks as (
    select * from {{ ref('int_lag__phantom_mark') }}
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty > 0 and valid_from_date < valid_to_date
),

marked as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        on_hand.valid_from,
        on_hand.valid_to_date as empty_to_date,
        coalesce(min(marks.marked_date), {{ add_days('min(on_hand.valid_from_date)', 1) }}) as empty_from_date
    from on_hand
    inner join marks
        on
            on_hand.sku_id = marks.sku_id
            and on_hand.location_id = marks.location_id
            and on_hand.valid_from <= marks.marked_at
            and on_hand.valid_to > marks.marked_at
    group by on_hand.sku_id, on_hand.location_id, on_hand.valid_from, on_hand.valid_to_date
),

final as (
    select
        sku_id,
        location_id,
        empty_from_date,
        empty_to_date
    from marked
    where empty_from_date < empty_to_date
)

select * from final
