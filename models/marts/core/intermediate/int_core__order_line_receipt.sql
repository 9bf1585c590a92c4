-- What was received on each order line and when: first, last, in full (A24), weighted by the accepted quantity.
with order_lines as (
    select * from {{ ref('stg_unified__purchase_order_line') }}
    where quarantine_rule is null
),

receipts as (
    select * from {{ ref('fct_receipt') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

started as (
    select
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.status <> 'open' as is_closed,
        order_lines.ordered_qty,
        {{ business_date(
            'coalesce(order_lines.confirmed_at, order_lines.sent_at, order_lines.created_at)', 'locations.time_zone'
        ) }} as lead_time_start_date
    from order_lines
    inner join locations on order_lines.location_id = locations.location_id
),

receipt_policy as (
    {{ policy_as_of(['full_receipt_pct'], over='started', as_of='lead_time_start_date') }}
),

thresholds as (
    select
        started.*,
        {{ multiply('started.ordered_qty', 'receipt_policy.full_receipt_pct') }} as full_qty
    from started
    inner join receipt_policy using (lead_time_start_date)
),

running as (
    select
        *,
        sum(accepted_qty) over (
            partition by division_code, order_number, line_number order by received_date
        ) as accepted_so_far_qty
    from receipts
),

summed as (
    select
        thresholds.division_code,
        thresholds.order_number,
        thresholds.line_number,
        thresholds.lead_time_start_date,
        thresholds.is_closed,
        thresholds.full_qty > 0 and coalesce(sum(running.accepted_qty), 0) >= thresholds.full_qty
            as is_received_in_full,
        sum(running.received_qty) as received_qty,
        sum(running.accepted_qty) as accepted_qty,
        min(running.received_date) as first_received_date,
        max(running.received_date) as last_received_date,
        min(case when running.accepted_so_far_qty >= thresholds.full_qty then running.received_date end)
            as reached_date,
        sum(
            {{ multiply(
                'running.accepted_qty',
                days_between('thresholds.lead_time_start_date', 'running.received_date')
            ) }}
        ) as weighted_days
    from thresholds
    left join running using (division_code, order_number, line_number)
    group by
        thresholds.division_code,
        thresholds.order_number,
        thresholds.line_number,
        thresholds.lead_time_start_date,
        thresholds.is_closed,
        thresholds.full_qty
),

averaged as (
    select
        *,
        {{ divide('weighted_days', 'accepted_qty') }} as weighted_receipt_days
    from summed
),

final as (
    select
        division_code,
        order_number,
        line_number,
        lead_time_start_date,
        is_received_in_full,
        cast(coalesce(received_qty, 0) as decimal(18, 4)) as received_qty,
        cast(coalesce(accepted_qty, 0) as decimal(18, 4)) as accepted_qty,
        first_received_date,
        last_received_date,
        case
            when is_received_in_full then reached_date
            when is_closed then last_received_date
        end as full_receipt_date,
        {{ add_days('lead_time_start_date', fixed('weighted_receipt_days', 0)) }} as weighted_received_date
    from averaged
)

select * from final
