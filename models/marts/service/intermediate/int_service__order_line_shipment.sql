-- What was shipped of each sales order line, by the days it was asked and promised for, in the calendar of its
-- location.
with order_lines as (
    select * from {{ ref('fct_sales_order_line') }}
),

invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
    where order_number is not null
),

locations as (
    select * from {{ ref('dim_location') }}
),

shipments as (
    select
        invoice_lines.division_code,
        invoice_lines.order_number,
        invoice_lines.order_line_number as line_number,
        invoice_lines.shipped_qty,
        {{ business_date('coalesce(invoice_lines.shipped_at, invoice_lines.invoiced_at)', 'locations.time_zone') }}
            as shipped_date
    from invoice_lines
    inner join locations on invoice_lines.location_id = locations.location_id
),

final as (
    select
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        coalesce(order_lines.requested_date, order_lines.promised_date) as due_date,
        coalesce(order_lines.promised_date, order_lines.requested_date) as planned_date,
        cast(coalesce(sum(shipments.shipped_qty), 0) as decimal(18, 4)) as shipped_qty,
        cast(
            coalesce(
                sum(shipments.shipped_qty) filter (
                    where
                    shipments.shipped_date <= coalesce(order_lines.requested_date, order_lines.promised_date)
                ), 0
            ) as decimal(18, 4)
        ) as timely_qty,
        max(shipments.shipped_date) filter (where shipments.shipped_qty > 0) as last_shipped_date
    from order_lines
    left join shipments
        on
            order_lines.division_code = shipments.division_code
            and order_lines.order_number = shipments.order_number
            and order_lines.line_number = shipments.line_number
    group by
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.requested_date,
        order_lines.promised_date
)

select * from final
