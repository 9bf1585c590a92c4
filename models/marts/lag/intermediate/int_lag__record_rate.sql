-- Rates of each month for each stock record's currency.
{{ config(materialized='view') }}
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        company_rates.month_start_date,
        company_rates.average_rate,
        company_rates.closing_rate
    from stock_records
    inner join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
)

select * from final
