{{ config(materialized='view') }}
-- What would have been asked for on days out of stock, and only on these: days are made on reading.
with runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

expectations as (
    select * from {{ ref('int_lag__stockout_expectation') }}
),

served_days as (
    select * from {{ ref('int_lag__stockout_demand_day') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

cap_policy as (
    {{ policy_as_of(['imputed_demand_cap'], over='runs', as_of='stockout_start_date') }}
),

expected as (
    select
        runs.sku_id,
        runs.location_id,
        runs.stockout_start_date,
        days.date_day as demand_date,
        coalesce(served_days.served_qty, 0) as served_qty,
        expectations.expected_daily_qty,
        expectations.mean_daily_qty,
        cap_policy.imputed_demand_cap
    from runs
    inner join days
        on
            runs.empty_from_date <= days.date_day
            and runs.empty_to_date > days.date_day
    inner join expectations
        on
            runs.sku_id = expectations.sku_id
            and runs.location_id = expectations.location_id
            and runs.stockout_start_date = expectations.stockout_start_date
            and days.iso_weekday = expectations.iso_weekday
    inner join cap_policy on runs.stockout_start_date = cap_policy.stockout_start_date
    left join served_days
        on
            runs.sku_id = served_days.sku_id
            and runs.location_id = served_days.location_id
            and days.date_day = served_days.demand_date
),

imputed as (
    select
        *,
        {{ kpi_unconstrained_qty('served_qty', 'expected_daily_qty', 'mean_daily_qty', 'imputed_demand_cap') }}
            as unconstrained_qty
    from expected
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        demand_date,
        cast(served_qty as decimal(18, 4)) as served_qty,
        expected_daily_qty,
        unconstrained_qty,
        cast(unconstrained_qty - served_qty as decimal(24, 4)) as imputed_qty
    from imputed
    where unconstrained_qty > served_qty
)

select * from final
