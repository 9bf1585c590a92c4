{%- set keys = ['sku_id', 'location_id', 'lot_code', 'stock_status', 'owner_code'] -%}
{{ config(materialized='stock_runs', keys=['sku_id', 'location_id', 'lot_code', 'stock_status', 'owner_code']) }}

with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where {{ kernel_scope() }}
),

booked as (
    select
        {{ keys | join(',\n        ') }},
        movement_qty,
        posted_at,
        posting_date
    from movements

    union all

    select
        {{ keys | join(',\n        ') }},
        movement_qty,
        posted_at,
        posting_date
    {{ kernel_opening('movements') }}
),

intervals as (
    {{ stock_intervals('booked', keys) }}
),

final as (
    select
        sku_id,
        location_id,
        lot_code,
        stock_status,
        owner_code,
        on_hand_qty,
        valid_from,
        valid_to,
        valid_from_date,
        valid_to_date
    from intervals
)

select * from final
