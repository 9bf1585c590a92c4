{{ config(materialized='view') }}
-- The ledger's demand by day with what else is known of the day. Promotions change by extracts of the ERP and not by
-- the ledger, so that they are looked up on reading.
with demand as (
    select * from {{ ref('int_core__demand_day') }}
),

promotions as (
    select * from {{ ref('fct_promotion') }}
    where not is_cancelled
),

days as (
    select * from {{ ref('dim_date') }}
),

promotion_days as (
    select distinct
        promotions.sku_id,
        promotions.location_id,
        days.date_day
    from promotions
    inner join days
        on
            promotions.start_date <= days.date_day
            and promotions.end_date >= days.date_day
),

final as (
    select
        demand.sku_id,
        demand.location_id,
        demand.demand_date,
        demand.gross_demand_qty,
        demand.returned_qty,
        demand.net_demand_qty,
        demand.issue_count,
        demand.is_stockout,
        promotion_days.date_day is not null as is_promotion
    from demand
    left join promotion_days
        on
            demand.sku_id = promotion_days.sku_id
            and demand.location_id = promotion_days.location_id
            and demand.demand_date = promotion_days.date_day
)

select * from final
