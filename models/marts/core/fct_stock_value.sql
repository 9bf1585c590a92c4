-- Owned stock cut by cost, so that each piece has one quantity and one cost: what every stock value is taken from.
-- Local currency; negative stock is worth nil and has no row, nor has a position that no midnight saw.
with on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty > 0 and valid_from_date < valid_to_date
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

final as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        on_hand.on_hand_qty,
        greatest(on_hand.valid_from_date, unit_costs.valid_from_date) as valid_from_date,
        least(on_hand.valid_to_date, unit_costs.valid_to_date) as valid_to_date,
        unit_costs.unit_cost_amount,
        unit_costs.is_known_cost
    from on_hand
    inner join unit_costs
        on
            on_hand.sku_id = unit_costs.sku_id
            and on_hand.location_id = unit_costs.location_id
            and on_hand.valid_from_date < unit_costs.valid_to_date
            and on_hand.valid_to_date > unit_costs.valid_from_date
)

select * from final
