-- Stock that can be used and what suppliers still owe of it within the horizon: the longer of policy and lead time, so
-- that an order placed today is not forgotten tomorrow. What it leaves out (transfers on their way, back orders) has no
-- entity of its own yet.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
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

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

planning_parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where open_qty > 0
),

horizon_policy as (
    {{ policy_as_of(['po_horizon_days'], over='cutoff', as_of='as_of_date') }}
),

horizons as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        cutoff.as_of_date,
        {{ add_days(
            'cutoff.as_of_date',
            'greatest(horizon_policy.po_horizon_days,
                ceil(coalesce(lead_times.lead_time_days, 0) + coalesce(planning_parameters.review_days, 0)))'
        ) }} as horizon_date
    from stock_records
    cross join cutoff
    inner join horizon_policy on cutoff.as_of_date = horizon_policy.as_of_date
    left join lead_times
        on
            stock_records.sku_id = lead_times.sku_id
            and stock_records.location_id = lead_times.location_id
    left join planning_parameters
        on
            stock_records.sku_id = planning_parameters.sku_id
            and stock_records.location_id = planning_parameters.location_id
            and cutoff.as_of_date >= planning_parameters.valid_from_date
            and cutoff.as_of_date < planning_parameters.valid_to_date
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
        sum(order_lines.open_qty) as on_order_qty,
        sum(order_lines.open_qty) filter (
            where coalesce(order_lines.promised_date, horizons.horizon_date) <= horizons.horizon_date
        ) as on_order_due_qty
    from order_lines
    inner join horizons
        on
            order_lines.sku_id = horizons.sku_id
            and order_lines.location_id = horizons.location_id
    group by order_lines.sku_id, order_lines.location_id
),

joined as (
    select
        horizons.*,
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
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        horizon_date,
        usable_on_hand_qty,
        on_order_qty,
        on_order_due_qty,
        cast(usable_on_hand_qty + on_order_due_qty as decimal(18, 4)) as net_position_qty
    from joined
)

select * from final
