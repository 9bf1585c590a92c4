-- Goods that a location had set apart from sale on a day when their SKU ran out there or elsewhere.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

positions as (
    select * from {{ ref('fct_stock_position') }}
    where stock_status <> 'available' and on_hand_qty > 0 and valid_from_date < valid_to_date
),

owned as (
    select positions.*
    from positions
    inner join stock_records
        on
            positions.sku_id = stock_records.sku_id
            and positions.location_id = stock_records.location_id
            and positions.owner_code = stock_records.division_code
),

days as (
    select distinct
        sku_id,
        stockout_start_date
    from stockouts
),

final as (
    select
        owned.sku_id,
        owned.location_id,
        days.stockout_start_date,
        cast(sum(owned.on_hand_qty) as decimal(18, 4)) as blocked_qty
    from days
    inner join owned
        on
            days.sku_id = owned.sku_id
            and days.stockout_start_date >= owned.valid_from_date
            and days.stockout_start_date < owned.valid_to_date
    group by owned.sku_id, owned.location_id, days.stockout_start_date
)

select * from final
