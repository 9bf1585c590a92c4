-- First days of runs that may be events, each with the first day of the window that tells what to expect of it.
with runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

active_records as (
    select * from {{ ref('int_lag__active_record') }}
),

starts as (
    select distinct
        sku_id,
        location_id,
        stockout_start_date
    from runs
),

window_policy as (
    {{ policy_as_of(['oos_expectation_days'], over='starts', as_of='stockout_start_date') }}
),

final as (
    select
        starts.*,
        greatest(
            active_records.active_from_date,
            {{ add_days('starts.stockout_start_date', '-window_policy.oos_expectation_days') }}
        ) as window_start_date
    from starts
    inner join window_policy using (stockout_start_date)
    inner join active_records using (sku_id, location_id)
)

select * from final
