-- What each count found missing (negative where it found more), at the cost of its day and the average rate of its
-- month, company currency; null without a cost or a rate.
with count_results as (
    select * from {{ ref('fct_count_result') }}
    where variance_qty <> 0
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

final as (
    select
        count_results.first_cycle_count_id,
        count_results.sku_id,
        count_results.location_id,
        count_results.counted_date,
        {{ period_first_day("'month'", 'count_results.counted_date') }} as month_start_date,
        {{ kpi_count_loss(
            'count_results.variance_qty', 'unit_costs.unit_cost_amount', 'company_rates.average_rate'
        ) }} as shrink_amount
    from count_results
    inner join locations using (location_id)
    {{ join_unit_cost('count_results', 'count_results.counted_date') }}
    left join company_rates
        on
            locations.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and {{ period_first_day("'month'", 'count_results.counted_date') }} = company_rates.month_start_date
)

select * from final
