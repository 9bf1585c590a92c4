-- What changed the value of stock that did not move: a new unit cost of what was held on the evening before, and negative
-- stock, whose value is nil although its movements were valued. At the average rate of the month.
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

negative as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty < 0 and valid_from_date < valid_to_date
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

negative_steps as (
    {%- for moment, sign in {'from': '-', 'to': ''}.items() %}
    select
        sku_id,
        location_id,
        valid_{{ moment }}_date as changed_date,
        {{ sign }}on_hand_qty as negative_qty
    from negative
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

effects as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        unit_costs.valid_from_date as changed_date,
        {{ multiply('on_hand.on_hand_qty', '(unit_costs.unit_cost_amount - unit_costs.previous_amount)') }} as price_amount,
        cast(0 as decimal(24, 6)) as negative_amount
    from on_hand
    inner join unit_costs
        on
            on_hand.sku_id = unit_costs.sku_id
            and on_hand.location_id = unit_costs.location_id
            and on_hand.valid_from_date < unit_costs.valid_from_date
            and on_hand.valid_to_date >= unit_costs.valid_from_date

    union all

    select
        negative_steps.sku_id,
        negative_steps.location_id,
        negative_steps.changed_date,
        cast(0 as decimal(24, 6)) as price_amount,
        {{ multiply('negative_steps.negative_qty', 'unit_costs.unit_cost_amount') }} as negative_amount
    from negative_steps
    left join unit_costs
        on
            negative_steps.sku_id = unit_costs.sku_id
            and negative_steps.location_id = unit_costs.location_id
            and negative_steps.changed_date >= unit_costs.valid_from_date
            and negative_steps.changed_date < unit_costs.valid_to_date
    where negative_steps.changed_date < date '9999-12-31'
),

final as (
    select
        effects.sku_id,
        effects.location_id,
        rates.month_start_date,
        {%- for effect in ['price', 'negative'] %}
        cast(sum({{ multiply('effects.' ~ effect ~ '_amount', 'rates.average_rate') }}) as decimal(24, 6))
            as {{ effect }}_amount,
        {%- endfor %}
        bool_or(effects.price_amount is null or effects.negative_amount is null) as is_uncosted
    from effects
    inner join rates
        on
            effects.sku_id = rates.sku_id
            and effects.location_id = rates.location_id
            and date_trunc('month', effects.changed_date) = rates.month_start_date
    group by effects.sku_id, effects.location_id, rates.month_start_date
)

select * from final
