-- Demand of each record in each closed month since its first event, months without any as nil.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
),

months as (
    select * from {{ ref('int_lead__closed_month') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

monthly as (
    select
        sku_id,
        location_id,
        cast(date_trunc('month', demand_date) as date) as month_start_date,
        cast(sum(gross_demand_qty) as decimal(18, 4)) as demand_qty
    from demand
    group by sku_id, location_id, cast(date_trunc('month', demand_date) as date)
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        months.month_start_date,
        cast(coalesce(monthly.demand_qty, 0) as decimal(18, 4)) as demand_qty
    from stock_records
    inner join months
        on months.month_start_date >= cast(date_trunc('month', stock_records.first_event_date) as date)
    left join monthly
        on
            stock_records.sku_id = monthly.sku_id
            and stock_records.location_id = monthly.location_id
            and months.month_start_date = monthly.month_start_date
)

select * from final
