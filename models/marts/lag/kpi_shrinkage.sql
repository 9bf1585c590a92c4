-- What counts find missing, of each scope and quarter: at retail over net sales, at cost over cost of sales and over
-- stock, all of the counted records between their counts; gross, net and by cause; and whether it is above survey or
-- target.
with rates as (
    select * from {{ ref('int_lag__shrink_rate') }}
),

bounds as (
    select * from {{ ref('int_lag__shrink_bound') }}
),

bounded as (
    select
        rates.*,
        cast(bounds.lower_ratio as decimal(24, 6)) as lower_ratio
    from rates
    left join bounds using (scope_type, scope_id, quarter_start_date)
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
        {%- for name in shrink_counts() %}
        {{ name }},
        {%- endfor %}
        count_coverage_ratio,
        cost_coverage_ratio,
        is_low_cost_coverage,
        {%- for basis in ['retail', 'cost'] %}
        {{ basis }}_loss_amount,
        {{ basis }}_found_amount,
        cast({{ basis }}_loss_amount - {{ basis }}_found_amount as decimal(24, 4)) as {{ basis }}_shrink_amount,
        cast({{ basis }}_loss_amount + {{ basis }}_found_amount as decimal(24, 4)) as {{ basis }}_gross_amount,
        {%- endfor %}
        {%- for cause in shrink_causes() + ['unknown'] %}
        {{ cause }}_amount,
        {%- endfor %}
        opening_amount,
        net_sales_amount,
        cogs_amount,
        value_days,
        shrinkage_ratio,
        shrinkage_reason,
        shrinkage_cost_ratio,
        shrinkage_cost_reason,
        shrinkage_stock_ratio,
        shrinkage_stock_reason,
        lower_ratio,
        target_ratio,
        {{ kpi_is_shrink_gap('shrinkage_ratio', 'lower_ratio', 'target_ratio', 'priced_count', 'least_count') }}
            as is_above_target,
        sector,
        benchmark_ratio,
        benchmark_survey,
        benchmark_as_of_date,
        case when benchmark_ratio is null then 'no_benchmark' end as benchmark_reason,
        {{ kpi_is_shrink_gap('shrinkage_ratio', 'lower_ratio', 'benchmark_ratio', 'priced_count', 'least_count') }}
            as is_above_benchmark
    from bounded
)

select * from final
