-- What a 3PL says it holds beside our ledger at the same instant; nil where a side does not know the SKU.
with stock_keys as (
    select * from {{ ref('int_visibility__tpl_stock_key') }}
),

advices as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'tpl' and is_owned
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

final as (
    select
        stock_keys.provider_code,
        stock_keys.sku_id,
        stock_keys.location_id,
        stock_keys.cut_off_at,
        {{ business_date('stock_keys.cut_off_at', "coalesce(locations.time_zone, 'UTC')") }} as cut_off_date,
        coalesce(advices.on_hand_qty, 0) as tpl_on_hand_qty,
        coalesce(on_hand.on_hand_qty, 0) as ledger_on_hand_qty
    from stock_keys
    inner join locations on stock_keys.location_id = locations.location_id
    left join advices
        on
            stock_keys.sku_id = advices.sku_id
            and stock_keys.location_id = advices.location_id
            and stock_keys.cut_off_at = advices.cut_off_at
    left join on_hand
        on
            stock_keys.sku_id = on_hand.sku_id
            and stock_keys.location_id = on_hand.location_id
            and stock_keys.cut_off_at >= on_hand.valid_from
            and stock_keys.cut_off_at < on_hand.valid_to
)

select * from final
