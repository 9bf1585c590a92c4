-- What was ordered, in company currency at the average rate of the month of ordering.
with order_lines as (
    select * from {{ ref('stg_unified__sales_order_line') }}
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
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.division_code || '.' || order_lines.customer_code as customer_id,
        order_lines.sku_id,
        order_lines.location_id,
        order_lines.channel,
        order_lines.ordered_date,
        order_lines.month_start_date,
        order_lines.ordered_qty,
        {{ product('order_lines.source_ordered_amount', 'company_rates.average_rate', 6, 18) }}
            as ordered_amount,
        order_lines.source_ordered_amount,
        order_lines.currency,
        order_lines.promotion_code,
        order_lines.order_line_status,
        order_lines.ordered_at,
        order_lines.requested_date,
        order_lines.promised_date,
        order_lines.cancelled_at,
        order_lines.cancel_reason
    from order_lines
    inner join locations on order_lines.location_id = locations.location_id
    left join company_rates
        on
            order_lines.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and order_lines.month_start_date = company_rates.month_start_date
)

select * from final
