with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_demand or is_demand_return
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
        sku_id,
        location_id,
        demand_date,
        gross_demand_qty,
        returned_qty,
        cast(gross_demand_qty - returned_qty as decimal(18, 4)) as net_demand_qty,
        issue_count
    from daily
)

select * from final
