-- What was shipped of each sales order line, by the days it was asked and promised for, in the calendar of its
-- location.
with order_lines as (
    select * from {{ ref('fct_sales_order_line') }}
),

departures as (
    select * from {{ ref('int_service__order_line_departure') }}
),

final as (
    select
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        coalesce(order_lines.requested_date, order_lines.promised_date) as due_date,
        coalesce(order_lines.promised_date, order_lines.requested_date) as planned_date,
        cast(coalesce(sum(departures.shipped_qty), 0) as decimal(18, 4)) as shipped_qty,
        cast(
            coalesce(
                sum(departures.shipped_qty) filter (
                    where
                    departures.shipped_date <= coalesce(order_lines.requested_date, order_lines.promised_date)
                ), 0
            ) as decimal(18, 4)
        ) as timely_qty,
        max(departures.shipped_date) filter (where departures.shipped_qty > 0) as last_shipped_date
    from order_lines
    left join departures
        on
            order_lines.division_code = departures.division_code
            and order_lines.order_number = departures.order_number
            and order_lines.line_number = departures.line_number
    group by
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.requested_date,
        order_lines.promised_date
)

select * from final
