with order_lines as (
    select * from {{ ref('stg_unified__purchase_order_line') }}
    where quarantine_rule is null
),

receipts as (
    select * from {{ ref('fct_receipt') }}
),

received as (
    select
        division_code,
        order_number,
        line_number,
        sum(received_qty) as received_qty,
        sum(accepted_qty) as accepted_qty,
        min(received_date) as first_received_date,
        max(received_date) as last_received_date
    from receipts
    group by division_code, order_number, line_number
),

final as (
    select
        order_lines.division_code || '/' || order_lines.order_number || '/' || order_lines.line_number
            as purchase_order_line_id,
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.sku_id,
        order_lines.location_id,
        order_lines.division_code || '.' || order_lines.supplier_code as supplier_id,
        order_lines.created_at,
        order_lines.sent_at,
        order_lines.confirmed_at,
        order_lines.original_promised_date,
        order_lines.promised_date,
        order_lines.closed_at,
        order_lines.ordered_qty,
        cast(coalesce(received.received_qty, 0) as decimal(18, 4)) as received_qty,
        cast(coalesce(received.accepted_qty, 0) as decimal(18, 4)) as accepted_qty,
        received.first_received_date,
        received.last_received_date,
        order_lines.unit_price_amount,
        order_lines.currency,
        order_lines.status as order_line_status
    from order_lines
    left join received
        on
            order_lines.division_code = received.division_code
            and order_lines.order_number = received.order_number
            and order_lines.line_number = received.line_number
)

select * from final
