-- Each order line against what was promised: date, quantity, and both together (OTIF).
with order_lines as (
    select * from {{ ref('int_core__order_line_timing') }}
),

order_values as (
    select * from {{ ref('int_core__order_line_value') }}
),

receipt_policy as (
    {{ policy_as_of(
        [
            'po_receipt_variance_pct', 'po_receipt_min_days', 'po_receipt_abs_days', 'po_qty_variance_pct',
            'late_tolerance_days', 'early_tolerance_days', 'early_receipt_rule:text', 'otif_over_tol'
        ],
        over='order_lines', as_of='lead_time_start_date', scopes={'supplier': 'supplier_id'}
    ) }}
),

-- Why the ratio is null. A line without a planned lead time (no_plan) is judged all the same, by days.
reasoned as (
    select
        *,
        case
            when not is_wanted then receipt_state
            when planned_date is null then 'no_promise'
            when receipt_state = 'never_received' then receipt_state
            when deviation_days is null then 'not_due'
            when actual_lead_time_days < 0 then 'received_before_order'
            when promised_lead_time_days <= 0 then 'no_plan'
        end as date_variance_reason
    from order_lines
),

dated as (
    select
        reasoned.*,
        receipt_policy.po_qty_variance_pct,
        receipt_policy.otif_over_tol,
        reasoned.deviation_days < -receipt_policy.early_tolerance_days as is_too_early,
        {{ kpi_is_date_alert(
            'reasoned.deviation_days', 'reasoned.promised_lead_time_days', 'receipt_policy.po_receipt_variance_pct',
            'receipt_policy.po_receipt_min_days', 'receipt_policy.po_receipt_abs_days'
        ) }} as is_off_date,
        {{ kpi_is_on_time(
            'reasoned.deviation_days', 'reasoned.is_settled', 'receipt_policy.late_tolerance_days',
            'receipt_policy.early_tolerance_days', 'receipt_policy.early_receipt_rule'
        ) }} as is_in_time,
        coalesce(reasoned.date_variance_reason, 'no_plan') = 'no_plan' as is_date_judged,
        reasoned.is_wanted and reasoned.is_settled as is_quantity_judged
    from reasoned
    inner join receipt_policy using (lead_time_start_date, supplier_id)
),

judged as (
    select
        *,
        case
            when is_date_judged then is_in_time
            when date_variance_reason = 'never_received' then false
        end as is_on_time,
        case
            when is_quantity_judged
                then {{ kpi_is_in_full('is_received_in_full', 'accepted_qty', 'ordered_qty', 'otif_over_tol') }}
        end as is_in_full
    from dated
),

final as (
    select
        judged.purchase_order_line_id,
        judged.supplier_id,
        judged.sku_id,
        judged.location_id,
        judged.division_code,
        order_values.company_code,
        judged.receipt_state,
        judged.lead_time_start_date,
        judged.planned_date,
        judged.rescheduled_date,
        judged.first_received_date,
        judged.weighted_received_date,
        judged.full_receipt_date,
        judged.promised_lead_time_days,
        judged.actual_lead_time_days,
        case when judged.is_wanted then judged.deviation_days end as deviation_days,
        case when judged.is_wanted then judged.rescheduled_deviation_days end as rescheduled_deviation_days,
        judged.is_overdue,
        case
            when judged.date_variance_reason is null
                then {{ kpi_date_variance_ratio('judged.deviation_days', 'judged.promised_lead_time_days') }}
        end as date_variance_ratio,
        judged.date_variance_reason,
        case when judged.is_date_judged then {{ kpi_date_direction('judged.deviation_days') }} end as date_direction,
        case when judged.is_date_judged then judged.is_off_date end as is_date_alert,
        case when judged.is_date_judged then judged.is_too_early end as is_too_early,
        judged.ordered_qty,
        judged.accepted_qty,
        case
            when judged.is_quantity_judged
                then {{ kpi_quantity_variance_ratio('judged.accepted_qty', 'judged.ordered_qty') }}
        end as quantity_variance_ratio,
        case when not judged.is_quantity_judged then judged.receipt_state end as quantity_variance_reason,
        case
            when judged.is_quantity_judged
                then {{ kpi_is_quantity_alert(
                    'judged.accepted_qty', 'judged.ordered_qty', 'judged.po_qty_variance_pct'
                ) }}
        end as is_quantity_alert,
        judged.is_on_time,
        judged.is_in_full,
        case
            when judged.is_on_time is not null then {{ kpi_is_otif('judged.is_on_time', 'judged.is_in_full') }}
        end as is_otif,
        case when judged.is_on_time is null then coalesce(judged.date_variance_reason, 'not_due') end as otif_reason,
        order_values.ordered_amount,
        order_values.ordered_amount_reason
    from judged
    inner join order_values on judged.purchase_order_line_id = order_values.purchase_order_line_id
)

select * from final
