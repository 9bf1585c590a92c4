-- Stock held in each month, straight from the intervals: quantity x cost x days, cut at month ends and cost changes, so
-- that cost follows changes and not days. Local currency; months without stock have no row.
with months as (
    select * from {{ ref('int_lag__month') }}
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

-- Positions cut by cost: each piece has one quantity and one cost.
valued_pieces as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        greatest(on_hand.on_hand_qty, 0) as on_hand_qty,
        greatest(on_hand.valid_from_date, unit_costs.valid_from_date) as from_date,
        least(on_hand.valid_to_date, unit_costs.valid_to_date) as to_date,
        unit_costs.unit_cost_amount,
        unit_costs.is_known_cost
    from on_hand
    inner join unit_costs
        on
            on_hand.sku_id = unit_costs.sku_id
            and on_hand.location_id = unit_costs.location_id
            and on_hand.valid_from_date < unit_costs.valid_to_date
            and on_hand.valid_to_date > unit_costs.valid_from_date
    where on_hand.on_hand_qty > 0
),

final as (
    select
        months.month_start_date,
        pieces.sku_id,
        pieces.location_id,
        {%- set days = days_between(
            'greatest(pieces.from_date, months.month_start_date)',
            'least(pieces.to_date, ' ~ add_days('months.last_day_date', 1) ~ ')'
        ) %}
        sum(cast(pieces.on_hand_qty as decimal(20, 4)) * {{ days }}) as qty_days,
        sum(
            cast(pieces.on_hand_qty as decimal(20, 4)) * {{ days }}
        ) filter (where pieces.is_known_cost) as known_cost_qty_days,
        cast(sum(cast(pieces.on_hand_qty as decimal(20, 4)) * pieces.unit_cost_amount * {{ days }}) as decimal(24, 4))
            as value_days,
        sum(pieces.on_hand_qty) filter (where pieces.to_date > months.last_day_date) as closing_qty,
        cast(
            sum(cast(pieces.on_hand_qty as decimal(20, 4)) * pieces.unit_cost_amount)
            filter (where pieces.to_date > months.last_day_date) as decimal(24, 4)
        ) as closing_amount,
        bool_or(pieces.unit_cost_amount is null) as has_uncosted_stock
    from valued_pieces as pieces
    inner join months
        on
            pieces.from_date <= months.last_day_date
            and pieces.to_date > months.month_start_date
    group by months.month_start_date, pieces.sku_id, pieces.location_id
)

select * from final
