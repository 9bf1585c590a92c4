-- What a new unit cost made of the stock that was held on the evening before, at the average rate of the month.
with unit_costs as (
    select
        *,
        lag(unit_cost_amount) over (partition by sku_id, location_id order by valid_from_date) as previous_amount
    from {{ ref('fct_unit_cost') }}
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty > 0 and valid_from_date < valid_to_date
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

{% set change = multiply('on_hand.on_hand_qty', '(unit_costs.unit_cost_amount - unit_costs.previous_amount)') %}
final as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        {{ month_of('unit_costs.valid_from_date') }} as month_start_date,
        cast(sum(cast({{ change }} as decimal(24, 6)) * rates.average_rate) as decimal(24, 6)) as price_amount,
        bool_or({{ change }} is null) as is_uncosted
    from on_hand
    inner join unit_costs
        on
            on_hand.sku_id = unit_costs.sku_id
            and on_hand.location_id = unit_costs.location_id
            and on_hand.valid_from_date < unit_costs.valid_from_date
            and on_hand.valid_to_date >= unit_costs.valid_from_date
    {{ join_record_rate('on_hand', month_of('unit_costs.valid_from_date')) }}
    group by on_hand.sku_id, on_hand.location_id, {{ month_of('unit_costs.valid_from_date') }}
)

select * from final
