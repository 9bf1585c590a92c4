-- What days out of stock sold of what was expected of them, by month and weekday.
with served_days as (
    select * from {{ ref('int_lag__stockout_demand_day') }}
),

expectations as (
    select * from {{ ref('int_lag__stockout_expectation') }}
),

final as (
    select
        served_days.sku_id,
        served_days.location_id,
        served_days.stockout_start_date,
        cast(date_trunc('month', served_days.demand_date) as date) as month_start_date,
        served_days.iso_weekday,
        cast(sum(served_days.served_qty) as decimal(24, 4)) as served_qty,
        cast(sum(least(served_days.served_qty, expectations.expected_daily_qty)) as decimal(24, 6)) as served_of_it_qty
    from served_days
    inner join expectations using (sku_id, location_id, stockout_start_date, iso_weekday)
    group by
        served_days.sku_id, served_days.location_id, served_days.stockout_start_date,
        cast(date_trunc('month', served_days.demand_date) as date), served_days.iso_weekday
)

select * from final
