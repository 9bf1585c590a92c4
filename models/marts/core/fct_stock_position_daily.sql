{{ config(materialized='view') }}

-- Expansion for BI: one row per day on which the stock was on the books. Computed on reading, never stored.
with on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        days.date_day,
        on_hand.on_hand_qty,
        greatest(on_hand.on_hand_qty, 0) as on_hand_nonneg_qty
    from on_hand
    inner join days
        on
            on_hand.valid_from_date <= days.date_day
            and on_hand.valid_to_date > days.date_day
    inner join cutoff on days.date_day <= cutoff.as_of_date
)

select * from final
