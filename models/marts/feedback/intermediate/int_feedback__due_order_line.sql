-- Order lines that were due in the window, by their first promise (A36), and how each was kept.
with order_lines as (
    select * from {{ ref('kpi_receipt_variance') }}
    where is_otif is not null
),

purchase_order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
),

receipts as (
    select * from {{ ref('fct_receipt') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

due_policy as (
    {{ policy_as_of(['supplier_score_window_days'], over='cutoff', as_of='as_of_date') }}
),

received as (
    select
        purchase_order_lines.purchase_order_line_id,
        sum(receipts.received_qty) as received_qty,
        sum(receipts.rejected_qty) as rejected_qty
    from purchase_order_lines
    inner join receipts
        on
            purchase_order_lines.division_code = receipts.division_code
            and purchase_order_lines.order_number = receipts.order_number
            and purchase_order_lines.line_number = receipts.line_number
    group by purchase_order_lines.purchase_order_line_id
),

final as (
    select
        order_lines.purchase_order_line_id,
        order_lines.supplier_id,
        order_lines.planned_date,
        order_lines.is_otif,
        {{ divide('received.rejected_qty', 'received.received_qty') }} as rejected_ratio,
        case
            when order_lines.quantity_variance_ratio is not null
                then least(abs(order_lines.quantity_variance_ratio), cast(1 as decimal(24, 6)))
        end as qty_error_ratio
    from order_lines
    inner join due_policy
        on
            order_lines.planned_date <= due_policy.as_of_date
            and order_lines.planned_date
            > {{ add_days('due_policy.as_of_date', '-due_policy.supplier_score_window_days') }}
    left join received on order_lines.purchase_order_line_id = received.purchase_order_line_id
)

select * from final
