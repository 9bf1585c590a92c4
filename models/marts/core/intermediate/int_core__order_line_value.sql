-- What each order line is worth in company currency, at the average rate of the month it was ordered.
with order_lines as (
    select
        *,
        {{ product('ordered_qty', 'unit_price_amount', 4) }} as price_amount,
        cast(date_trunc('month', lead_time_start_date) as date) as month_start_date
    from {{ ref('fct_purchase_order_line') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

rated as (
    select
        order_lines.purchase_order_line_id,
        locations.company_code,
        order_lines.price_amount,
        case
            when order_lines.currency = locations.company_currency then 1
            else company_rates.average_rate
        end as rate
    from order_lines
    inner join locations on order_lines.location_id = locations.location_id
    left join company_rates
        on
            order_lines.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and order_lines.month_start_date = company_rates.month_start_date
),

final as (
    select
        purchase_order_line_id,
        company_code,
        {{ product('price_amount', 'rate', 4) }} as ordered_amount,
        case when price_amount is null then 'no_price' when rate is null then 'no_rate' end as ordered_amount_reason
    from rated
)

select * from final
