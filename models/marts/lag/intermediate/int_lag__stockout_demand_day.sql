-- What was served on days out of stock: before the goods ran out, or although the book had none.
with runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
    where gross_demand_qty > 0
),

final as (
    select
        runs.sku_id,
        runs.location_id,
        runs.stockout_start_date,
        demand.demand_date,
        {{ iso_weekday('demand.demand_date') }} as iso_weekday,
        demand.gross_demand_qty as served_qty
    from runs
    inner join demand
        on
            runs.sku_id = demand.sku_id
            and runs.location_id = demand.location_id
            and runs.empty_from_date <= demand.demand_date
            and runs.empty_to_date > demand.demand_date
)

select * from final
