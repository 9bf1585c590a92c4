-- What planners add to a forecast that nobody touched: where they beat it over three closed months, and where not.
with comparisons as (
    select * from {{ ref('int_lead__forecast_comparison') }}
),

final as (
    select
        scope_type,
        scope_id,
        benchmark,
        month_start_date,
        {{ add_days(add_months('month_start_date', 1), -1) }} as last_day_date,
        point_count,
        unmatched_count,
        demand_qty,
        abs_error_qty,
        benchmark_abs_error_qty,
        {{ kpi_wape_ratio('abs_error_qty', 'demand_qty') }} as wape_ratio,
        {{ kpi_wape_ratio('benchmark_abs_error_qty', 'demand_qty') }} as benchmark_wape_ratio,
        cast(benchmark_abs_error_qty - abs_error_qty as decimal(24, 4)) as value_added_qty,
        {{ kpi_forecast_value_added_ratio('abs_error_qty', 'benchmark_abs_error_qty', 'demand_qty') }}
            as value_added_ratio,
        {{ kpi_value_added_reason('point_count', 'demand_qty') }} as value_added_reason,
        case when point_count > 0 then {{ kpi_value_added_verdict('abs_error_qty', 'benchmark_abs_error_qty') }} end
            as value_added_verdict,
        demand_amount,
        abs_error_amount,
        benchmark_abs_error_amount,
        cast(benchmark_abs_error_amount - abs_error_amount as decimal(24, 4)) as value_added_amount
    from comparisons
)

select * from final
