-- Order lines with a lead time, done or running, by the segments whose lead times are compared. What was never received
-- has none, nor has what came before it was ordered.
with order_lines as (
    select
        *,
        full_receipt_date as received_date
    from {{ ref('fct_receipt_judgement') }}
    where
        receipt_state in ('received', 'open', 'closed_short')
        and coalesce(full_receipt_date >= lead_time_start_date, true)
),

skus as (
    select * from {{ ref('dim_sku') }}
),

final as (
    select
        order_lines.purchase_order_line_id,
        order_lines.supplier_id,
        order_lines.division_code,
        order_lines.company_code,
        order_lines.supplier_id || '|' || coalesce(skus.category, '-') as supplier_category_id,
        order_lines.supplier_id || '|' || order_lines.location_id as supplier_location_id,
        order_lines.lead_time_start_date,
        order_lines.planned_date,
        order_lines.received_date,
        order_lines.receipt_state = 'open' as is_open,
        case when order_lines.receipt_state = 'open' then order_lines.ordered_amount end as open_amount
    from order_lines
    left join skus on order_lines.sku_id = skus.sku_id
)

select * from final
