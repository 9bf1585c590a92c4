-- Goods of the location itself that were set apart from sale on the first day without stock.
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

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        cast(sum(positions.on_hand_qty) as decimal(18, 4)) as blocked_qty
    from stockouts
    inner join stock_records using (sku_id, location_id)
    inner join positions
        on
            stockouts.sku_id = positions.sku_id
            and stockouts.location_id = positions.location_id
            and stock_records.division_code = positions.owner_code
            and stockouts.stockout_start_date >= positions.valid_from_date
            and stockouts.stockout_start_date < positions.valid_to_date
    group by stockouts.sku_id, stockouts.location_id, stockouts.stockout_start_date
)

select * from final
