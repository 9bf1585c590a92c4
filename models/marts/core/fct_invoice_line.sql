-- What was sold, in company currency at the average rate of the invoice's month. A missing rate leaves the amount null.
with invoice_lines as (
    select * from {{ ref('stg_unified__invoice_line') }}
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
        invoice_lines.division_code,
        invoice_lines.invoice_number,
        invoice_lines.line_number,
        invoice_lines.order_number,
        invoice_lines.order_line_number,
        invoice_lines.customer_code,
        invoice_lines.sku_id,
        invoice_lines.location_id,
        invoice_lines.invoiced_date,
        invoice_lines.month_start_date,
        invoice_lines.shipped_qty,
        {{ product('invoice_lines.net_amount', 'company_rates.average_rate', 6, 18) }} as net_amount,
        {{ product('invoice_lines.discount_amount', 'company_rates.average_rate', 6, 18) }}
            as discount_amount,
        invoice_lines.net_amount as source_net_amount,
        invoice_lines.currency,
        invoice_lines.promotion_code,
        invoice_lines.shipped_at,
        invoice_lines.invoiced_at
    from invoice_lines
    inner join locations on invoice_lines.location_id = locations.location_id
    left join company_rates
        on
            invoice_lines.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and invoice_lines.month_start_date = company_rates.month_start_date
)

select * from final
