-- The last day of each month on which a record was asked for, carried on, so that a month knows how long ago that was.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
    where gross_demand_qty > 0
),

final as (
    select
        sku_id,
        location_id,
        cast(date_trunc('month', demand_date) as date) as month_start_date,
        max(demand_date) as last_demand_date
    from demand
    group by sku_id, location_id, cast(date_trunc('month', demand_date) as date)
)

select * from final
