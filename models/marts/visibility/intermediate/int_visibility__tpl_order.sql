-- Orders to a 3PL: 940 waits for a 945, 943 for a 944 of the same reference. Is the answer due, and is it there?
with messages as (
    select * from {{ ref('fct_shipment_message') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- Which kind of answer a message is or waits for.
paired as (
    select
        *,
        case when message_type in ('940', '945') then 'shipment' when message_type in ('943', '944') then 'receipt' end
            as order_kind
    from messages
),

answers as (
    select distinct
        provider_code,
        order_kind,
        reference
    from paired
    where order_kind is not null and direction = 'from_provider'
),

orders as (
    select
        paired.*,
        cutoff.as_of_at
    from paired
    cross join cutoff
    where paired.order_kind is not null and paired.direction = 'to_provider'
),

answer_policy as (
    {{ policy_as_of(['tpl_answer_hours'], over='orders', as_of='sent_date') }}
),

final as (
    select
        orders.shipment_message_id,
        orders.provider_code,
        orders.order_kind,
        orders.reference,
        orders.sent_at,
        orders.sent_date,
        {{ kpi_tpl_is_answer_due('orders.sent_at', 'answer_policy.tpl_answer_hours', 'orders.as_of_at') }} as is_due,
        answers.reference is not null as is_answered
    from orders
    left join answer_policy on orders.sent_date = answer_policy.sent_date
    left join answers
        on
            orders.provider_code = answers.provider_code
            and orders.order_kind = answers.order_kind
            and orders.reference = answers.reference
)

select * from final
