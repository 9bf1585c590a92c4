-- Where each record that was forecast belongs, whether it ever moved or not, and what a unit of it costs at the cut-off
-- in company currency.
with forecast_months as (
    select * from {{ ref('int_lead__forecast_month') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

records as (
    select distinct
        forecast_months.sku_id,
        forecast_months.location_id,
        cutoff.as_of_date
    from forecast_months
    cross join cutoff
),

final as (
    select
        records.sku_id,
        records.location_id,
        skus.category,
        locations.division_code,
        locations.company_code,
        records.sku_id || '|' || records.location_id as sku_location_id,
        locations.division_code || '|' || skus.category as family_id,
        cast({{ multiply('unit_costs.unit_cost_amount', 'company_rates.closing_rate') }} as decimal(18, 6))
            as unit_cost_amount
    from records
    inner join skus on records.sku_id = skus.sku_id
    inner join locations on records.location_id = locations.location_id
    left join unit_costs
        on
            records.sku_id = unit_costs.sku_id
            and records.location_id = unit_costs.location_id
            and records.as_of_date >= unit_costs.valid_from_date
            and records.as_of_date < unit_costs.valid_to_date
    left join company_rates
        on
            locations.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and cast(date_trunc('month', records.as_of_date) as date) = company_rates.month_start_date
)

select * from final
