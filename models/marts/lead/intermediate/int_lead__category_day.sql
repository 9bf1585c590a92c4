-- What a category sold at a location on a day, records on promotion that day left out.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
    where not is_promotion
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

final as (
    select
        demand.location_id,
        stock_records.category,
        demand.demand_date,
        cast(sum(demand.gross_demand_qty) as decimal(18, 4)) as sold_qty
    from demand
    inner join stock_records
        on demand.sku_id = stock_records.sku_id and demand.location_id = stock_records.location_id
    where stock_records.category is not null
    group by demand.location_id, stock_records.category, demand.demand_date
)

select * from final
