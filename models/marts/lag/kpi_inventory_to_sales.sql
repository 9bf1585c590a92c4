-- How many months of sales the stock is worth, beside the benchmark of the sector and the same period a year before.
with ratios as (
    select * from {{ ref('int_lag__stock_to_sales_ratio') }}
),

alignments as (
    select * from {{ ref('int_lag__stock_to_sales_alignment') }}
),

sector_benchmarks as (
    select * from {{ ref('int_lag__sector_benchmark') }}
),

ratio_policy as (
    {{ policy_as_of(
        ['isr_change_limit', 'isr_growth_gap_limit', 'min_cost_coverage'], over='ratios', as_of='last_day_date'
    ) }}
),

measured as (
    select
        ratios.*,
        alignments.alignment_basis,
        alignments.ratio_change_ratio,
        alignments.sales_growth_ratio,
        alignments.stock_growth_ratio,
        {{ kpi_alignment_code(
            'alignments.ratio_change_ratio', 'alignments.sales_growth_ratio', 'alignments.stock_growth_ratio',
            'ratio_policy.isr_change_limit', 'ratio_policy.isr_growth_gap_limit'
        ) }} as alignment_code,
        ratio_policy.min_cost_coverage,
        sector_benchmarks.benchmark_ratio,
        sector_benchmarks.benchmark_sector,
        sector_benchmarks.benchmark_month_date,
        {{ divide('ratios.known_cost_qty_days', 'ratios.qty_days') }} as cost_coverage_ratio
    from ratios
    inner join ratio_policy on ratios.last_day_date = ratio_policy.last_day_date
    inner join sector_benchmarks on ratios.last_day_date = sector_benchmarks.last_day_date
    left join alignments using (scope_type, scope_id, period_type, period_start_date)
),

final as (
    select
        scope_type,
        scope_id,
        period_type,
        period_start_date,
        last_day_date,
        is_period_closed,
        known_month_count,
        case
            when known_month_count > 1 then {{ divide('sales_stock_amount', 'known_month_count', 4) }}
            else sales_stock_amount
        end as sales_stock_amount,
        net_sales_amount,
        inventory_to_sales_ratio,
        inventory_to_sales_reason,
        stock_to_period_sales_ratio,
        case
            when known_month_count > 1 then {{ divide('cogs_stock_amount', 'known_month_count', 4) }}
            else cogs_stock_amount
        end as cogs_stock_amount,
        cogs_amount,
        inventory_to_cogs_ratio,
        inventory_to_cogs_reason,
        stock_to_period_cogs_ratio,
        alignment_basis,
        ratio_change_ratio,
        sales_growth_ratio,
        stock_growth_ratio,
        alignment_code,
        case when alignment_code is null then coalesce(inventory_to_cogs_reason, 'short_history') end
            as alignment_reason,
        benchmark_ratio,
        benchmark_sector,
        benchmark_month_date,
        {{ kpi_growth_ratio('inventory_to_sales_ratio', 'benchmark_ratio') }} as benchmark_gap_ratio,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage,
        uncosted_record_count
    from measured
)

select * from final
