-- The ratio of the sector that policy names, at the end of each period: the last observation up to then, so that later
-- ones change no period that is over.
with periods as (
    select distinct last_day_date
    from {{ ref('int_lag__stock_to_sales_period') }}
),

benchmarks as (
    select * from {{ ref('inventory_to_sales_benchmarks') }}
),

benchmark_policy as (
    {{ policy_as_of(['isr_benchmark:text'], over='periods', as_of='last_day_date') }}
),

final as (
    select
        benchmark_policy.last_day_date,
        {{ value_at_max('benchmarks.benchmark_ratio', 'benchmarks.observed_month') }} as benchmark_ratio,
        {{ value_at_max('benchmarks.sector', 'benchmarks.observed_month') }} as benchmark_sector,
        max(benchmarks.observed_month) as benchmark_month_date
    from benchmark_policy
    left join benchmarks
        on
            benchmark_policy.isr_benchmark = benchmarks.series_id
            and benchmark_policy.last_day_date >= benchmarks.observed_month
    group by benchmark_policy.last_day_date
)

select * from final
