-- Every breach of safety stock opens a review for procurement and one for logistics; the one in whose hands the cause
-- lies leads. A review ends with the outcome that people land, or with the breach.
with breaches as (
    select * from {{ ref('int_service__safety_stock_breach') }}
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status <> 'cancelled'
),

outcomes as (
    select * from {{ ref('fct_review_outcome') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

due_policy as (
    {{ policy_as_of(
        ['review_due_days_red', 'review_due_days_amber', 'review_due_days_blue'], over='breaches', as_of='opened_date'
    ) }}
),

late_orders as (
    select distinct
        breaches.sku_id,
        breaches.location_id,
        breaches.opened_date
    from breaches
    inner join order_lines
        on
            breaches.sku_id = order_lines.sku_id
            and breaches.location_id = order_lines.location_id
            and coalesce(order_lines.original_promised_date, order_lines.promised_date) < breaches.opened_date
            and coalesce(order_lines.full_receipt_date, order_lines.last_received_date, breaches.opened_date)
            >= breaches.opened_date
            and coalesce(cast(order_lines.closed_at as date), breaches.opened_date) >= breaches.opened_date
),

opened as (
    select
        breaches.*,
        stock_records.division_code,
        late_orders.sku_id is not null as is_supply_late,
        case breaches.trigger_code
            when 'RED' then due_policy.review_due_days_red
            when 'AMBER' then due_policy.review_due_days_amber
            else due_policy.review_due_days_blue
        end as due_days,
        {{ kpi_review_function('breaches.trigger_code', 'late_orders.sku_id is not null') }} as leading_function
    from breaches
    inner join stock_records using (sku_id, location_id)
    inner join due_policy using (opened_date)
    left join late_orders using (sku_id, location_id, opened_date)
),

reviews as (
    {%- for name in ['procurement', 'logistics'] %}
    select
        *,
        '{{ name }}' as review_function,
        trigger_code || '|' || sku_id || '|' || location_id || '|' || cast(opened_date as string) || '|{{ name }}'
            as review_id
    from opened
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

last_outcomes as (
    select
        review_id,
        max(reviewed_at) as reviewed_at,
        {{ value_at_max('review_outcome', 'reviewed_at') }} as review_outcome,
        {{ value_at_max('finding', 'reviewed_at') }} as finding,
        {{ value_at_max('decided_by', 'reviewed_at') }} as decided_by
    from outcomes
    group by review_id
),

dated as (
    select
        reviews.*,
        {{ add_days('reviews.opened_date', 'reviews.due_days') }} as due_date,
        last_outcomes.review_outcome,
        last_outcomes.finding,
        last_outcomes.decided_by,
        last_outcomes.reviewed_at,
        least(
            coalesce(cast(last_outcomes.reviewed_at as date), reviews.closed_date, cutoff.as_of_date),
            coalesce(reviews.closed_date, cutoff.as_of_date)
        ) as settled_date
    from reviews
    cross join cutoff
    left join last_outcomes using (review_id)
),

final as (
    select
        review_id,
        sku_id,
        location_id,
        division_code,
        trigger_code,
        review_function,
        review_function = leading_function as is_leading,
        is_supply_late,
        opened_date,
        due_date,
        closed_date,
        finding,
        review_outcome,
        decided_by,
        reviewed_at,
        {{ kpi_review_state('review_outcome', 'closed_date') }} as review_state,
        settled_date > due_date as is_late
    from dated
)

select * from final
