-- Order lines against their promises in days: the first one (A36) and, beside it, the one rescheduled last. A line that
-- is overdue deviates by the days so far.
with order_lines as (
    select
        *,
        coalesce(original_promised_date, promised_date) as planned_date,
        full_receipt_date is not null or order_line_status <> 'open' as is_settled
    from {{ ref('fct_purchase_order_line') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- The day a promise is measured against: the receipt, or for an open line the cut-off once the promise has passed.
measured as (
    select
        order_lines.*,
        {%- for promise in ['planned', 'promised'] %}
        case
            when order_lines.is_settled then order_lines.full_receipt_date
            when cutoff.as_of_date > order_lines.{{ promise }}_date then cutoff.as_of_date
        end as {{ promise }}_measured_date,
        {%- endfor %}
        case
            when order_lines.order_line_status = 'cancelled' then 'cancelled'
            when order_lines.ordered_qty = 0 then 'nothing_ordered'
            when order_lines.is_received_in_full then 'received'
            when not order_lines.is_settled then 'open'
            when order_lines.full_receipt_date is null then 'never_received'
            else 'closed_short'
        end as receipt_state
    from order_lines
    cross join cutoff
),

final as (
    select
        purchase_order_line_id,
        division_code,
        supplier_id,
        sku_id,
        location_id,
        lead_time_start_date,
        planned_date,
        promised_date as rescheduled_date,
        first_received_date,
        weighted_received_date,
        full_receipt_date,
        ordered_qty,
        accepted_qty,
        is_received_in_full,
        is_settled,
        receipt_state,
        receipt_state not in ('cancelled', 'nothing_ordered') as is_wanted,
        {{ days_between('lead_time_start_date', 'planned_date') }} as promised_lead_time_days,
        {{ days_between('lead_time_start_date', 'full_receipt_date') }} as actual_lead_time_days,
        {{ days_between('planned_date', 'planned_measured_date') }} as deviation_days,
        {{ days_between('promised_date', 'promised_measured_date') }} as rescheduled_deviation_days,
        receipt_state = 'open' and planned_measured_date is not null as is_overdue
    from measured
)

select * from final
