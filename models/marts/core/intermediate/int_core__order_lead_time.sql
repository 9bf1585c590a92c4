-- Lead times of the order lines received in full in the policy's window (A23, A24). A negative one is kept and marked:
-- the order was raised after the goods had come.
with order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status <> 'cancelled'
),

receipts as (
    select * from {{ ref('fct_receipt') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

lead_time_policy as (
    {{ policy_as_of(
        ['full_receipt_pct', 'lead_time_window_days', 'lead_time_cap_factor'], over='cutoff', as_of='as_of_date'
    ) }}
),

running as (
    select
        division_code,
        order_number,
        line_number,
        received_date,
        sum(accepted_qty) over (
            partition by division_code, order_number, line_number order by received_date
        ) as cumulative_accepted_qty
    from receipts
),

full_receipts as (
    select
        order_lines.purchase_order_line_id,
        min(running.received_date) as full_receipt_date
    from order_lines
    inner join running
        on
            order_lines.division_code = running.division_code
            and order_lines.order_number = running.order_number
            and order_lines.line_number = running.line_number
    cross join lead_time_policy
    where
        running.cumulative_accepted_qty
        >= {{ multiply('order_lines.ordered_qty', 'lead_time_policy.full_receipt_pct') }}
    group by order_lines.purchase_order_line_id
),

dated as (
    select
        order_lines.purchase_order_line_id,
        order_lines.sku_id,
        order_lines.location_id,
        order_lines.supplier_id,
        order_lines.division_code,
        skus.category,
        {{ business_date(
            'coalesce(order_lines.confirmed_at, order_lines.sent_at, order_lines.created_at)', 'locations.time_zone'
        ) }} as lead_time_start_date,
        coalesce(
            full_receipts.full_receipt_date,
            case when order_lines.order_line_status <> 'open' then order_lines.last_received_date end
        ) as full_receipt_date
    from order_lines
    inner join locations on order_lines.location_id = locations.location_id
    inner join skus on order_lines.sku_id = skus.sku_id
    left join full_receipts on order_lines.purchase_order_line_id = full_receipts.purchase_order_line_id
),

windowed as (
    select
        dated.*,
        lead_time_policy.lead_time_cap_factor,
        {{ days_between('dated.lead_time_start_date', 'dated.full_receipt_date') }} as lead_time_days
    from dated
    inner join lead_time_policy
        on
            dated.full_receipt_date <= lead_time_policy.as_of_date
            and dated.full_receipt_date
            > {{ add_days('lead_time_policy.as_of_date', '-lead_time_policy.lead_time_window_days') }}
),

supplier_limits as (
    select
        supplier_id,
        cast({{ quantile_observed('lead_time_days', 0.99) }} as integer) as p99_lead_time_days
    from windowed
    where lead_time_days >= 0
    group by supplier_id
),

final as (
    select
        windowed.purchase_order_line_id,
        windowed.sku_id,
        windowed.location_id,
        windowed.supplier_id,
        windowed.division_code,
        windowed.category,
        windowed.lead_time_start_date,
        windowed.full_receipt_date,
        cast(windowed.lead_time_days as decimal(9, 2)) as lead_time_days,
        case
            when windowed.lead_time_days >= 0
                then
                    {{ kpi_capped_lead_time(
                        'windowed.lead_time_days', 'supplier_limits.p99_lead_time_days', 'windowed.lead_time_cap_factor'
                    ) }}
        end as capped_lead_time_days,
        windowed.lead_time_days < 0 as is_negative
    from windowed
    left join supplier_limits on windowed.supplier_id = supplier_limits.supplier_id
)

select * from final
