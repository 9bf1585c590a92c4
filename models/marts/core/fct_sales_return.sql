-- What customers were credited, in company currency at the average rate of the return's month.
with sales_returns as (
    select * from {{ ref('stg_unified__sales_return') }}
    where quarantine_rule is null
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

final as (
    select
        sales_returns.division_code,
        sales_returns.return_number,
        sales_returns.line_number,
        sales_returns.invoice_number,
        sales_returns.invoice_line_number,
        sales_returns.customer_code,
        sales_returns.sku_id,
        sales_returns.location_id,
        sales_returns.returned_date,
        sales_returns.month_start_date,
        sales_returns.returned_qty,
        {{ product('sales_returns.credit_amount', 'company_rates.average_rate', 6, 18) }}
            as credit_amount,
        sales_returns.credit_amount as source_credit_amount,
        sales_returns.currency,
        sales_returns.is_restocked,
        sales_returns.reason,
        sales_returns.returned_at
    from sales_returns
    inner join locations on sales_returns.location_id = locations.location_id
    left join company_rates
        on
            sales_returns.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and sales_returns.month_start_date = company_rates.month_start_date
)

select * from final
