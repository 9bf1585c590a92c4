{{ config(materialized='ledger_days', meta={'day': 'demand_date'}) }}
-- depends_on: {{ ref('stg_unified__movement_month') }}
-- Demand by the day of posting, and whether the stock was gone when that day ended. An increment makes the days anew
-- that the ledger changed; what follows from anything else than the ledger belongs in fct_demand_daily.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where (is_demand or is_demand_return) and {{ kernel_scope() }}
),

-- Few runs of a stock are empty, and of these those count that a midnight saw.
empty_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where
        on_hand_qty <= 0
        and valid_from_date < valid_to_date
        and {{ kernel_during('valid_from_date', 'valid_to_date') }}
),

daily as (
    select
        sku_id,
        location_id,
        posting_date as demand_date,
        cast(coalesce(sum(-movement_qty) filter (where is_demand), 0) as decimal(18, 4)) as gross_demand_qty,
        cast(coalesce(sum(movement_qty) filter (where is_demand_return), 0) as decimal(18, 4)) as returned_qty,
        count(*) filter (where is_demand and movement_qty < 0) as issue_count
    from movements
    group by sku_id, location_id, posting_date
),

final as (
    select
        daily.sku_id,
        daily.location_id,
        daily.demand_date,
        daily.gross_demand_qty,
        daily.returned_qty,
        cast(daily.gross_demand_qty - daily.returned_qty as decimal(18, 4)) as net_demand_qty,
        daily.issue_count,
        empty_runs.on_hand_qty is not null as is_stockout
    from daily
    left join empty_runs
        on
            daily.sku_id = empty_runs.sku_id
            and daily.location_id = empty_runs.location_id
            and daily.demand_date >= empty_runs.valid_from_date
            and daily.demand_date < empty_runs.valid_to_date
)

select * from final
