-- What each count came to, with the class, the tolerance and the cost that held on its day. A class of before the first
-- review is the one that governs now.
with results as (
    select
        *,
        cast(date_trunc('month', counted_date) as date) as month_start_date
    from {{ ref('fct_count_result') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

reviewed_classes as (
    select * from {{ ref('fct_sku_class') }}
    where scope_type = 'company' and not is_provisional
),

governing_classes as (
    select * from {{ ref('fct_governing_class') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

classed as (
    select
        results.*,
        coalesce(reviewed_classes.abc_class, governing_classes.abc_class, '-') as abc_class,
        cast(cast(unit_costs.unit_cost_amount as decimal(20, 6)) * company_rates.average_rate as decimal(18, 6))
            as unit_cost_amount
    from results
    left join stock_records using (sku_id, location_id)
    left join reviewed_classes
        on
            stock_records.company_code = reviewed_classes.scope_id
            and results.sku_id = reviewed_classes.sku_id
            and results.counted_date >= reviewed_classes.effective_from_date
            and results.counted_date < reviewed_classes.effective_to_date
    left join governing_classes
        on
            stock_records.company_code = governing_classes.company_code
            and results.sku_id = governing_classes.sku_id
    left join unit_costs
        on
            results.sku_id = unit_costs.sku_id
            and results.location_id = unit_costs.location_id
            and results.counted_date >= unit_costs.valid_from_date
            and results.counted_date < unit_costs.valid_to_date
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and results.month_start_date = company_rates.month_start_date
),

tolerances as (
    {{ policy_as_of(
        ['ira_tolerance'],
        over='classed', as_of='counted_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

final as (
    select
        classed.first_cycle_count_id,
        classed.sku_id,
        classed.location_id,
        classed.bin_code,
        classed.abc_class,
        classed.counted_date,
        cast(date_trunc('week', classed.counted_date) as date) as week_start_date,
        classed.is_representative,
        classed.book_qty,
        classed.counted_qty,
        classed.line_count,
        classed.is_recount_agreed,
        classed.unit_cost_amount,
        tolerances.ira_tolerance as tolerance_ratio,
        {{ kpi_is_count_hit('classed.book_qty', 'classed.counted_qty', 'tolerances.ira_tolerance') }} as is_hit
    from classed
    inner join tolerances using (counted_date, abc_class, location_id)
)

select * from final
