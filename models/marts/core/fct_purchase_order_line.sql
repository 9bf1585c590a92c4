with order_lines as (
    select * from {{ ref('stg_unified__purchase_order_line') }}
    where quarantine_rule is null
),

received as (
    select * from {{ ref('int_core__order_line_receipt') }}
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
        received.received_qty,
        received.accepted_qty,
        cast(
            case
                when order_lines.status = 'open'
                    then greatest(order_lines.ordered_qty - coalesce(received.accepted_qty, 0), 0)
                else 0
            end as decimal(18, 4)
        ) as open_qty,
        received.lead_time_start_date,
        received.first_received_date,
        received.last_received_date,
        received.full_receipt_date,
        received.weighted_received_date,
        received.is_received_in_full,
        order_lines.unit_price_amount,
        order_lines.currency,
        order_lines.status as order_line_status
    from order_lines
    left join received using (division_code, order_number, line_number)
)

select * from final
