{%- set keys = ['sku_id', 'location_id', 'lot_code', 'stock_status', 'owner_code'] -%}
{{
    config(
        materialized='stock_runs',
        meta={'keys': ['sku_id', 'location_id', 'lot_code', 'stock_status', 'owner_code']},
    )
}}
-- depends_on: {{ ref('stg_unified__movement_month') }}

with intervals as (
    {{ stock_intervals(booked_movements(ref('fct_stock_movement'), keys), keys) }}
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
