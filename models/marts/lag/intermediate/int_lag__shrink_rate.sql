-- Rates of losses, why there is none, and what each is held against: the newest survey of its sector, the own target.
with scopes as (
    select * from {{ ref('int_lag__shrink_scope') }}
),

benchmarks as (
    select * from {{ ref('shrink_benchmarks') }}
),

shrink_policy as (
    {{ policy_as_of(
        ['min_count_coverage', 'shrink_min_counts', 'shrinkage_target', 'min_cost_coverage'],
        over='scopes', as_of='last_day_date'
    ) }}
),

newest as (
    select
        scopes.scope_type,
        scopes.scope_id,
        scopes.quarter_start_date,
        max(benchmarks.as_of_date) as as_of_date
    from scopes
    inner join benchmarks on scopes.sector = benchmarks.sector and scopes.last_day_date >= benchmarks.as_of_date
    group by scopes.scope_type, scopes.scope_id, scopes.quarter_start_date
),

measured as (
    select
        scopes.*,
        shrink_policy.min_count_coverage as least_coverage_ratio,
        cast(shrink_policy.shrink_min_counts as integer) as least_count,
        shrink_policy.shrinkage_target as target_ratio,
        {{ divide('scopes.counted_value_days', 'scopes.all_value_days') }} as count_coverage_ratio,
        {{ divide('scopes.known_cost_qty', 'scopes.book_qty') }} as cost_coverage_ratio,
        coalesce({{ divide('scopes.known_cost_qty', 'scopes.book_qty') }} < shrink_policy.min_cost_coverage, false)
            as is_low_cost_coverage,
        benchmarks.survey as benchmark_survey,
        benchmarks.as_of_date as benchmark_as_of_date,
        benchmarks.shrink_ratio as benchmark_ratio
    from scopes
    inner join shrink_policy using (last_day_date)
    left join newest using (scope_type, scope_id, quarter_start_date)
    left join benchmarks
        on
            scopes.sector = benchmarks.sector
            and newest.as_of_date = benchmarks.as_of_date
),

reasoned as (
    select
        *,
        {{ kpi_shrinkage_reason(
            'is_quarter_closed', 'count_count', 'count_coverage_ratio', 'least_coverage_ratio', 'priced_count',
            'no_price', 'net_sales_amount'
        ) }} as shrinkage_reason,
        {{ kpi_shrinkage_reason(
            'is_quarter_closed', 'count_count', 'count_coverage_ratio', 'least_coverage_ratio', 'costed_count',
            'no_cost', 'cogs_amount'
        ) }} as shrinkage_cost_reason,
        {{ kpi_shrinkage_reason(
            'is_quarter_closed', 'count_count', 'count_coverage_ratio', 'least_coverage_ratio', 'costed_count',
            'no_cost', 'value_days'
        ) }} as shrinkage_stock_reason
    from measured
),

rated as (
    select
        *,
        case
            when shrinkage_reason is null
                then {{ kpi_shrinkage_ratio('retail_loss_amount', 'retail_found_amount', 'net_sales_amount') }}
        end as shrinkage_ratio,
        case
            when shrinkage_cost_reason is null
                then {{ kpi_shrinkage_ratio('cost_loss_amount', 'cost_found_amount', 'cogs_amount') }}
        end as shrinkage_cost_ratio,
        case
            when shrinkage_stock_reason is null
                then {{ kpi_shrinkage_stock_ratio('cost_loss_amount', 'cost_found_amount', 'value_days') }}
        end as shrinkage_stock_ratio
    from reasoned
),

final as (
    select
        scope_type,
        scope_id,
        quarter_start_date,
        last_day_date,
        is_quarter_closed,
        location_id,
        zone,
        category,
        sector,
        {%- for name in shrink_counts() + shrink_amounts() %}
        {{ name }},
        {%- endfor %}
        opening_amount,
        count_coverage_ratio,
        cost_coverage_ratio,
        is_low_cost_coverage,
        shrinkage_ratio,
        shrinkage_reason,
        shrinkage_cost_ratio,
        shrinkage_cost_reason,
        shrinkage_stock_ratio,
        shrinkage_stock_reason,
        least_count,
        target_ratio,
        benchmark_ratio,
        benchmark_survey,
        benchmark_as_of_date,
        priced_count >= least_count
        and coalesce(shrinkage_ratio > least(target_ratio, coalesce(benchmark_ratio, target_ratio)), false)
            as is_bound_wanted
    from rated
)

select * from final
