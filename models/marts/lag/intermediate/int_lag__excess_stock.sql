-- Stock above reorder point and order quantity of each record, and what holding it costs a year.
with stock as (
    select
        *,
        location_id || '|' || category as location_category
    from {{ ref('int_lag__stock_now') }}
    where on_hand_qty > 0
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

rates as (
    {{ policy_as_of(
        ['carrying_capital_rate', 'carrying_storage_rate', 'carrying_service_rate', 'carrying_risk_rate'],
        over='stock', as_of='as_of_date',
        scopes={'location': 'location_id', 'category': 'category', 'location_category': 'location_category'}
    ) }}
),

planned as (
    select
        stock.*,
        parameters.reorder_point_qty,
        parameters.order_qty,
        {{ kpi_excess_qty('stock.on_hand_qty', 'parameters.reorder_point_qty', 'parameters.order_qty') }} as excess_qty
    from stock
    left join parameters
        on
            stock.sku_id = parameters.sku_id
            and stock.location_id = parameters.location_id
            and stock.as_of_date >= parameters.valid_from_date
            and stock.as_of_date < parameters.valid_to_date
),

final as (
    select
        planned.sku_id,
        planned.location_id,
        planned.as_of_date,
        planned.division_code,
        planned.company_code,
        planned.category,
        planned.abc_class,
        planned.on_hand_qty,
        planned.on_hand_amount,
        planned.reorder_point_qty,
        planned.order_qty,
        planned.excess_qty,
        {{ product('planned.excess_qty', 'planned.unit_cost_amount', 4) }} as excess_amount,
        cast(
            rates.carrying_capital_rate + rates.carrying_storage_rate + rates.carrying_service_rate
            + rates.carrying_risk_rate as decimal(18, 6)
        ) as carrying_rate
    from planned
    inner join rates using (as_of_date, location_id, category, location_category)
)

select * from final
