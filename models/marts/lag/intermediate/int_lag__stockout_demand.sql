-- Demand around the decision that should have kept an event away: the day the oldest goods on order were ordered, or,
-- with nothing on order, the first day without stock. Before it in-stock days, after it all that was asked for.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

supplies as (
    select * from {{ ref('int_lag__stockout_supply') }}
),

active_records as (
    select * from {{ ref('int_lag__active_record') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

demand_in_runs as (
    select * from {{ ref('int_lag__stockout_demand_day') }}
),

decided as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        supplies.order_placed_date,
        coalesce(supplies.order_placed_date, stockouts.stockout_start_date) as decision_date
    from stockouts
    left join supplies using (sku_id, location_id, stockout_start_date)
),

window_policy as (
    {{ policy_as_of(['demand_window_days'], over='decided', as_of='decision_date') }}
),

windows as (
    select
        decided.*,
        greatest(
            active_records.active_from_date,
            {{ add_days('decided.decision_date', '-window_policy.demand_window_days') }}
        ) as window_start_date
    from decided
    inner join window_policy using (decision_date)
    inner join active_records using (sku_id, location_id)
),

lost_days as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        sum({{ days_between(
            'greatest(runs.empty_from_date, windows.window_start_date)',
            'least(runs.empty_to_date, windows.decision_date)'
        ) }}) as oos_day_count
    from windows
    inner join runs
        on
            windows.sku_id = runs.sku_id
            and windows.location_id = runs.location_id
            and windows.decision_date > runs.empty_from_date
            and windows.window_start_date < runs.empty_to_date
    group by windows.sku_id, windows.location_id, windows.stockout_start_date
),

{% set is_before = 'demand.demand_date < windows.decision_date and demand_in_runs.demand_date is null' %}

demanded as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        sum(demand.gross_demand_qty) filter (where {{ is_before }}) as demand_qty,
        sum({{ multiply('demand.gross_demand_qty', 'demand.gross_demand_qty') }}) filter (where {{ is_before }})
            as squared_qty,
        sum(demand.gross_demand_qty) filter (where demand.demand_date >= windows.decision_date) as since_decision_qty
    from windows
    inner join demand
        on
            windows.sku_id = demand.sku_id
            and windows.location_id = demand.location_id
            and windows.window_start_date <= demand.demand_date
            and windows.stockout_start_date >= demand.demand_date
    left join demand_in_runs
        on
            demand.sku_id = demand_in_runs.sku_id
            and demand.location_id = demand_in_runs.location_id
            and demand.demand_date = demand_in_runs.demand_date
    group by windows.sku_id, windows.location_id, windows.stockout_start_date
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        windows.order_placed_date,
        windows.decision_date,
        cast(
            greatest({{ days_between('windows.window_start_date', 'windows.decision_date') }}, 0)
            - coalesce(lost_days.oos_day_count, 0) as integer
        ) as in_stock_day_count,
        cast(coalesce(demanded.demand_qty, 0) as decimal(18, 4)) as demand_qty,
        cast(coalesce(demanded.squared_qty, 0) as decimal(24, 4)) as squared_qty,
        cast(coalesce(demanded.since_decision_qty, 0) as decimal(18, 4)) as since_decision_qty
    from windows
    left join lost_days using (sku_id, location_id, stockout_start_date)
    left join demanded using (sku_id, location_id, stockout_start_date)
)

select * from final
