-- Goods of the company that could have helped on the first day without stock: set apart at the location itself, or at
-- other locations of the division more than their own reorder point, of what was not set apart there.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty > 0 and valid_from_date < valid_to_date
),

blocked as (
    select * from {{ ref('int_lag__stockout_blocked') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

neighbours as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        other_records.location_id as other_location_id
    from stockouts
    inner join stock_records using (sku_id, location_id)
    inner join stock_records as other_records
        on
            stock_records.sku_id = other_records.sku_id
            and stock_records.division_code = other_records.division_code
            and stock_records.location_id <> other_records.location_id
),

surpluses as (
    select
        neighbours.sku_id,
        neighbours.location_id,
        neighbours.stockout_start_date,
        sum(
            greatest(
                on_hand.on_hand_qty - coalesce(blocked.blocked_qty, 0) - coalesce(parameters.reorder_point_qty, 0), 0
            )
        ) as surplus_qty
    from neighbours
    inner join on_hand
        on
            neighbours.sku_id = on_hand.sku_id
            and neighbours.other_location_id = on_hand.location_id
            and neighbours.stockout_start_date >= on_hand.valid_from_date
            and neighbours.stockout_start_date < on_hand.valid_to_date
    left join blocked
        on
            neighbours.sku_id = blocked.sku_id
            and neighbours.other_location_id = blocked.location_id
            and neighbours.stockout_start_date = blocked.stockout_start_date
    left join parameters
        on
            neighbours.sku_id = parameters.sku_id
            and neighbours.other_location_id = parameters.location_id
            and neighbours.stockout_start_date >= parameters.valid_from_date
            and neighbours.stockout_start_date < parameters.valid_to_date
    group by neighbours.sku_id, neighbours.location_id, neighbours.stockout_start_date
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        cast(coalesce(surpluses.surplus_qty, 0) as decimal(18, 4)) as surplus_elsewhere_qty,
        cast(coalesce(blocked.blocked_qty, 0) as decimal(18, 4)) as blocked_qty
    from stockouts
    left join surpluses using (sku_id, location_id, stockout_start_date)
    left join blocked using (sku_id, location_id, stockout_start_date)
)

select * from final
