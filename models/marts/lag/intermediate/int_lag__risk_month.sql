-- What stock lost in each month: net write-offs, and what counts found missing (less what they found), company currency.
with write_off_lines as (
    select * from {{ ref('int_lag__write_off_line') }}
),

count_results as (
    select
        *,
        cast(date_trunc('month', counted_date) as date) as month_start_date
    from {{ ref('fct_count_result') }}
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

losses as (
    select
        sku_id,
        location_id,
        month_start_date,
        net_amount as write_off_amount,
        0 as shrink_amount
    from write_off_lines

    union all

    select
        count_results.sku_id,
        count_results.location_id,
        count_results.month_start_date,
        0 as write_off_amount,
        {{ fixed(multiply(
            multiply('-count_results.variance_qty', 'unit_costs.unit_cost_amount'), 'company_rates.average_rate'
        )) }} as shrink_amount
    from count_results
    inner join locations on count_results.location_id = locations.location_id
    left join unit_costs
        on
            count_results.sku_id = unit_costs.sku_id
            and count_results.location_id = unit_costs.location_id
            and count_results.counted_date >= unit_costs.valid_from_date
            and count_results.counted_date < unit_costs.valid_to_date
    left join company_rates
        on
            locations.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and count_results.month_start_date = company_rates.month_start_date
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(coalesce(sum(write_off_amount), 0) as decimal(24, 4)) as write_off_amount,
        cast(coalesce(sum(shrink_amount), 0) as decimal(24, 4)) as shrink_amount
    from losses
    group by sku_id, location_id, month_start_date
)

select * from final
