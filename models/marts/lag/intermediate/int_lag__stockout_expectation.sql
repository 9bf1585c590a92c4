-- What an event's days could have sold, by weekday: the mean of the in-stock days before it. Events of goods that
-- nobody asked for in that time expect nothing, and have no row.
with windows as (
    select * from {{ ref('int_lag__stockout_window') }}
),

shrinkage_policy as (
    {{ policy_as_of(['oos_expectation_shrinkage'], over='windows', as_of='stockout_start_date') }}
),

added as (
    select
        *,
        sum(demand_qty) over (partition by sku_id, location_id, stockout_start_date) as all_demand_qty,
        sum(in_stock_day_count) over (partition by sku_id, location_id, stockout_start_date) as all_day_count
    from windows
),

final as (
    select
        added.sku_id,
        added.location_id,
        added.stockout_start_date,
        added.iso_weekday,
        {{ kpi_expected_daily_qty(
            'added.demand_qty', 'added.in_stock_day_count', 'added.all_demand_qty', 'added.all_day_count',
            'shrinkage_policy.oos_expectation_shrinkage'
        ) }} as expected_daily_qty,
        {{ divide('added.all_demand_qty', 'added.all_day_count') }} as mean_daily_qty
    from added
    inner join shrinkage_policy using (stockout_start_date)
    where added.all_demand_qty > 0
)

select * from final
