-- Stock that can be used and what suppliers still owe of it within the horizon: the longer of policy and lead time, so
-- that an order placed today is not forgotten tomorrow.
with planning_inputs as (
    select * from {{ ref('int_feedback__planning_input') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

positions as (
    select * from {{ ref('fct_stock_position') }}
    where stock_status = 'available'
),

locations as (
    select * from {{ ref('dim_location') }}
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status = 'open' and ordered_qty > accepted_qty
),

horizon_policy as (
    {{ policy_as_of(['po_horizon_days'], over='planning_inputs', as_of='as_of_date') }}
),

horizons as (
    select
        planning_inputs.sku_id,
        planning_inputs.location_id,
        planning_inputs.as_of_date,
        {{ add_days(
            'planning_inputs.as_of_date',
            'greatest(horizon_policy.po_horizon_days,
                ceil(coalesce(planning_inputs.lead_time_days, 0) + planning_inputs.review_days))'
        ) }} as horizon_date
    from planning_inputs
    inner join horizon_policy on planning_inputs.as_of_date = horizon_policy.as_of_date
),

usable as (
    select
        positions.sku_id,
        positions.location_id,
        sum(positions.on_hand_qty) as usable_on_hand_qty
    from positions
    inner join cutoff
        on
            positions.valid_from <= cutoff.as_of_at
            and positions.valid_to > cutoff.as_of_at
    inner join locations
        on
            positions.location_id = locations.location_id
            and positions.owner_code = locations.division_code
    group by positions.sku_id, positions.location_id
),

-- A line without a promise is on its way all the same.
ordered as (
    select
        order_lines.sku_id,
        order_lines.location_id,
        sum(order_lines.ordered_qty - order_lines.accepted_qty) as on_order_qty,
        sum(order_lines.ordered_qty - order_lines.accepted_qty) filter (
            where coalesce(order_lines.promised_date, horizons.horizon_date) <= horizons.horizon_date
        ) as on_order_due_qty
    from order_lines
    inner join horizons
        on
            order_lines.sku_id = horizons.sku_id
            and order_lines.location_id = horizons.location_id
    group by order_lines.sku_id, order_lines.location_id
),

final as (
    select
        horizons.sku_id,
        horizons.location_id,
        horizons.horizon_date,
        cast(coalesce(usable.usable_on_hand_qty, 0) as decimal(18, 4)) as usable_on_hand_qty,
        cast(coalesce(ordered.on_order_qty, 0) as decimal(18, 4)) as on_order_qty,
        cast(coalesce(ordered.on_order_due_qty, 0) as decimal(18, 4)) as on_order_due_qty
    from horizons
    left join usable
        on
            horizons.sku_id = usable.sku_id
            and horizons.location_id = usable.location_id
    left join ordered
        on
            horizons.sku_id = ordered.sku_id
            and horizons.location_id = ordered.location_id
)

select * from final
