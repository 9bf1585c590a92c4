-- How goods must be handled and when they will end, as the latest extract of the item master says.
with items as (
    select * from {{ ref('stg_erp__items') }}
),

latest as (
    {{ latest_extracts('items', ['division_code', 'item_code']) }}
),

final as (
    select
        division_code,
        item_code,
        storage_min_celsius,
        storage_max_celsius,
        storage_min_humidity_pct,
        storage_max_humidity_pct,
        reference_storage_celsius,
        is_freeze_sensitive,
        cube_m3,
        eol_announced_date,
        last_buy_date
    from latest
)

select * from final
