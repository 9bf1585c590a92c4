-- Each order line against what was promised, as the core judges it: date, quantity, and both together (OTIF).
with judgements as (
    select * from {{ ref('fct_receipt_judgement') }}
),

final as (
    select
        purchase_order_line_id,
        supplier_id,
        sku_id,
        location_id,
        division_code,
        company_code,
        receipt_state,
        lead_time_start_date,
        planned_date,
        rescheduled_date,
        first_received_date,
        weighted_received_date,
        full_receipt_date,
        promised_lead_time_days,
        actual_lead_time_days,
        deviation_days,
        rescheduled_deviation_days,
        is_overdue,
        date_variance_ratio,
        date_variance_reason,
        date_direction,
        is_date_alert,
        is_too_early,
        ordered_qty,
        accepted_qty,
        quantity_variance_ratio,
        quantity_variance_reason,
        is_quantity_alert,
        is_on_time,
        is_in_full,
        is_otif,
        otif_reason,
        ordered_amount,
        ordered_amount_reason
    from judgements
)

select * from final
