-- What a unit of each record costs at the cut-off, in company currency; null where cost or rate is missing.
with unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        unit_costs.sku_id,
        unit_costs.location_id,
        {{ product('unit_costs.unit_cost_amount', 'company_rates.closing_rate', 6, 18) }}
            as unit_cost_amount
    from unit_costs
    inner join cutoff
        on
            unit_costs.valid_from_date <= cutoff.as_of_date
            and unit_costs.valid_to_date > cutoff.as_of_date
    inner join locations on unit_costs.location_id = locations.location_id
    left join company_rates
        on
            locations.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and company_rates.month_start_date = cast(date_trunc('month', cutoff.as_of_date) as date)
)

select * from final
