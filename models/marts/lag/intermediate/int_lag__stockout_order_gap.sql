-- Events with nothing on order although stock had been at or below its reorder point for longer than policy
-- oos_order_grace_days: nobody ordered.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

supplies as (
    select * from {{ ref('int_lag__stockout_supply') }}
    where on_order_count > 0
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where valid_from_date < valid_to_date
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

grace_policy as (
    {{ policy_as_of(['oos_order_grace_days'], over='stockouts', as_of='stockout_start_date') }}
),

unsupplied as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        {{ add_days('stockouts.stockout_start_date', '-grace_policy.oos_order_grace_days') }} as looked_at_date
    from stockouts
    inner join grace_policy using (stockout_start_date)
    left join supplies using (sku_id, location_id, stockout_start_date)
    where supplies.sku_id is null
),

final as (
    select
        unsupplied.sku_id,
        unsupplied.location_id,
        unsupplied.stockout_start_date,
        parameters.reorder_point_qty,
        on_hand.on_hand_qty as position_qty
    from unsupplied
    inner join on_hand
        on
            unsupplied.sku_id = on_hand.sku_id
            and unsupplied.location_id = on_hand.location_id
            and unsupplied.looked_at_date >= on_hand.valid_from_date
            and unsupplied.looked_at_date < on_hand.valid_to_date
    inner join parameters
        on
            unsupplied.sku_id = parameters.sku_id
            and unsupplied.location_id = parameters.location_id
            and unsupplied.looked_at_date >= parameters.valid_from_date
            and unsupplied.looked_at_date < parameters.valid_to_date
    where on_hand.on_hand_qty <= parameters.reorder_point_qty
)

select * from final
