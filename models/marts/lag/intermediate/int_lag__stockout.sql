-- Events: stock gone while somebody is expected to ask for it. One that is not over at the cut-off has no end.
with expectations as (
    select * from {{ ref('int_lag__stockout_expectation') }}
),

runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

expected as (
    select distinct
        sku_id,
        location_id,
        stockout_start_date
    from expectations
),

final as (
    select
        runs.sku_id,
        runs.location_id,
        runs.stockout_start_date,
        max(runs.empty_to_date) as stockout_to_date,
        max(runs.empty_to_date) > max(cutoff.as_of_date) as is_open,
        {{ value_at_max('runs.run_type', days_between('runs.empty_from_date', 'cutoff.as_of_date')) }} as stockout_type,
        cast(sum({{ days_between('runs.empty_from_date', 'runs.empty_to_date') }}) as integer) as oos_day_count
    from runs
    cross join cutoff
    inner join expected using (sku_id, location_id, stockout_start_date)
    group by runs.sku_id, runs.location_id, runs.stockout_start_date
)

select * from final
