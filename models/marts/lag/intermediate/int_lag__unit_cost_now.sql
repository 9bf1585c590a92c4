-- What a unit of each stock record costs at the cut-off, in company currency at the closing rate; null without cost
-- or rate.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
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

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        {{ product('unit_costs.unit_cost_amount', 'company_rates.closing_rate', 6, 18) }}
            as unit_cost_amount,
        coalesce(unit_costs.is_known_cost, false) as is_known_cost
    from stock_records
    cross join cutoff
    {{ join_unit_cost('stock_records', 'cutoff.as_of_date') }}
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and cast(date_trunc('month', cutoff.as_of_date) as date) = company_rates.month_start_date
)

select * from final
