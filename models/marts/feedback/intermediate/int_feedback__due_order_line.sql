-- Order lines that were due in the window, by their first promise (A36), and how each was kept.
with order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status <> 'cancelled'
),

receipts as (
    select * from {{ ref('fct_receipt') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

due_policy as (
    {{ policy_as_of(
        ['supplier_score_window_days', 'full_receipt_pct', 'otif_over_tolerance'], over='cutoff', as_of='as_of_date'
    ) }}
),

due_lines as (
    select
        order_lines.*,
        due_policy.full_receipt_pct,
        due_policy.otif_over_tolerance
    from order_lines
    inner join due_policy
        on
            due_policy.as_of_date >= order_lines.original_promised_date
            and {{ add_days('due_policy.as_of_date', '-due_policy.supplier_score_window_days') }}
            < order_lines.original_promised_date
),

received as (
    select
        due_lines.purchase_order_line_id,
        sum(receipts.accepted_qty) filter (where receipts.received_date <= due_lines.original_promised_date)
            as accepted_on_time_qty,
        sum(receipts.received_qty) as received_qty,
        sum(receipts.rejected_qty) as rejected_qty
    from due_lines
    inner join receipts
        on
            due_lines.division_code = receipts.division_code
            and due_lines.order_number = receipts.order_number
            and due_lines.line_number = receipts.line_number
    group by due_lines.purchase_order_line_id
),

final as (
    select
        due_lines.purchase_order_line_id,
        due_lines.supplier_id,
        due_lines.original_promised_date,
        due_lines.ordered_qty,
        due_lines.accepted_qty,
        cast(coalesce(received.accepted_on_time_qty, 0) as decimal(18, 4)) as accepted_on_time_qty,
        coalesce(received.accepted_on_time_qty, 0)
        >= {{ multiply('due_lines.ordered_qty', 'due_lines.full_receipt_pct') }}
        and due_lines.accepted_qty <= {{ multiply('due_lines.ordered_qty', '1 + due_lines.otif_over_tolerance') }}
            as is_otif,
        {{ divide('received.rejected_qty', 'received.received_qty') }} as rejected_ratio,
        {{ divide(
            'least(abs(due_lines.accepted_qty - due_lines.ordered_qty), due_lines.ordered_qty)', 'due_lines.ordered_qty'
        ) }} as qty_error_ratio
    from due_lines
    left join received on due_lines.purchase_order_line_id = received.purchase_order_line_id
)

select * from final
