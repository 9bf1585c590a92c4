-- Net sales of each stock record and month: invoiced without tax and after discount, less what was credited.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
),

sales_returns as (
    select * from {{ ref('fct_sales_return') }}
),

sold as (
    select
        sku_id,
        location_id,
        month_start_date,
        sum(net_amount) as net_sales_amount,
        bool_or(net_amount is null) as has_unrated_sales
    from invoice_lines
    group by sku_id, location_id, month_start_date

    union all

    select
        sku_id,
        location_id,
        month_start_date,
        -sum(credit_amount) as net_sales_amount,
        bool_or(credit_amount is null) as has_unrated_sales
    from sales_returns
    group by sku_id, location_id, month_start_date
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(coalesce(sum(net_sales_amount), 0) as decimal(24, 4)) as net_sales_amount,
        bool_or(has_unrated_sales) as has_unrated_sales
    from sold
    group by sku_id, location_id, month_start_date
)

select * from final
