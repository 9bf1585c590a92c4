-- Stock held in each month, straight from the intervals: quantity x cost x days, cut at month ends and cost changes, so
-- that cost follows changes and not days. Local currency; months without stock have no row.
with months as (
    select * from {{ ref('int_lag__month') }}
),

pieces as (
    select * from {{ ref('fct_stock_value') }}
),

final as (
    select
        months.month_start_date,
        pieces.sku_id,
        pieces.location_id,
        {%- set days = days_between(
            'greatest(pieces.valid_from_date, months.month_start_date)',
            'least(pieces.valid_to_date, ' ~ add_days('months.last_day_date', 1) ~ ')'
        ) %}
        sum(cast(pieces.on_hand_qty as decimal(20, 4)) * {{ days }}) as qty_days,
        sum(
            cast(pieces.on_hand_qty as decimal(20, 4)) * {{ days }}
        ) filter (where pieces.is_known_cost) as known_cost_qty_days,
        cast(sum(cast(pieces.on_hand_qty as decimal(20, 4)) * pieces.unit_cost_amount * {{ days }}) as decimal(24, 4))
            as value_days,
        sum(pieces.on_hand_qty) filter (where pieces.valid_to_date > months.last_day_date) as closing_qty,
        cast(
            sum(cast(pieces.on_hand_qty as decimal(20, 4)) * pieces.unit_cost_amount)
            filter (where pieces.valid_to_date > months.last_day_date) as decimal(24, 4)
        ) as closing_amount,
        bool_or(pieces.unit_cost_amount is null) as has_uncosted_stock
    from pieces
    inner join months
        on
            pieces.valid_from_date <= months.last_day_date
            and pieces.valid_to_date > months.month_start_date
    group by months.month_start_date, pieces.sku_id, pieces.location_id
)

select * from final
