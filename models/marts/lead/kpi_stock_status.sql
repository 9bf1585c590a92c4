-- One label for each stock record at the cut-off, with the figures that give it.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

inventory_positions as (
    select * from {{ ref('fct_inventory_position') }}
),

items as (
    select * from {{ ref('dim_item') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

status_policy as (
    {{ policy_as_of(['stock_new_days', 'excess_cover_days'], over='cutoff', as_of='as_of_date') }}
),

ended as (
    select
        division_code,
        sku_id,
        bool_and(coalesce(item_status in ('obsolete', 'discontinued'), false)) as is_ended
    from items
    group by division_code, sku_id
),

joined as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        cutoff.as_of_date,
        stock_states.on_hand_qty,
        cast(stock_states.available_qty + stock_states.reserved_qty as decimal(18, 4)) as usable_qty,
        inventory_positions.net_position_qty,
        parameters.safety_stock_qty,
        parameters.reorder_point_qty,
        cast(
            coalesce(parameters.reorder_point_qty, 0) + coalesce(parameters.order_qty, 0)
            + {{ multiply('coalesce(statistics.mean_daily_qty, 0)', 'status_policy.excess_cover_days') }}
            as decimal(24, 6)
        ) as excess_qty,
        coalesce(ended.is_ended, false) as is_ended,
        coalesce(
            {{ days_between('stock_records.first_event_date', 'cutoff.as_of_date') }} < status_policy.stock_new_days,
            true
        ) as is_new,
        coalesce(statistics.mean_daily_qty, 0) <= 0 and stock_states.on_hand_qty > 0 as is_unsold
    from stock_records
    cross join cutoff
    inner join status_policy on cutoff.as_of_date = status_policy.as_of_date
    inner join stock_states using (sku_id, location_id)
    left join statistics using (sku_id, location_id)
    left join parameters
        on
            stock_records.sku_id = parameters.sku_id
            and stock_records.location_id = parameters.location_id
            and cutoff.as_of_date >= parameters.valid_from_date
            and cutoff.as_of_date < parameters.valid_to_date
    left join inventory_positions
        on
            stock_records.sku_id = inventory_positions.sku_id
            and stock_records.location_id = inventory_positions.location_id
    left join ended
        on stock_records.division_code = ended.division_code and stock_records.sku_id = ended.sku_id
),

labelled as (
    select
        *,
        {{ kpi_stock_status(
            'is_ended', 'is_unsold and not is_new', 'is_new', 'usable_qty', 'safety_stock_qty', 'net_position_qty',
            'reorder_point_qty', 'excess_qty'
        ) }} as stock_status
    from joined
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        on_hand_qty,
        usable_qty,
        net_position_qty,
        safety_stock_qty,
        reorder_point_qty,
        excess_qty,
        stock_status,
        case
            when stock_status = 'obsolete' and is_ended then 'item_ended'
            when stock_status = 'obsolete' then 'no_demand'
            when stock_status = 'new' then 'short_history'
            when stock_status = 'out' then 'nothing_usable'
            when stock_status = 'below_safety_stock' then 'below_safety_stock'
            when stock_status = 'reorder' then 'net_position_at_reorder_point'
            when stock_status = 'excess' then 'above_order_and_cover'
            when reorder_point_qty is null then 'no_parameter'
            else 'within_limits'
        end as stock_status_reason,
        {{ kpi_is_stock_healthy('stock_status') }} as is_healthy
    from labelled
)

select * from final
