-- Orders to a 3PL whose answer is due, by day of sending: 940 waits for 945, 943 for 944 of the same reference.
with messages as (
    select * from {{ ref('fct_shipment_message') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

orders as (
    select distinct
        provider_code,
        reference,
        sent_at,
        sent_date,
        case when message_type = '940' then '945' else '944' end as answer_type
    from messages
    where message_type in ('940', '943')
),

answers as (
    select distinct
        provider_code,
        reference,
        message_type
    from messages
    where message_type in ('944', '945')
),

answer_policy as (
    {{ policy_as_of(['tpl_answer_hours'], over='orders', as_of='sent_date') }}
),

due as (
    select
        orders.provider_code,
        orders.sent_date,
        answers.reference is not null as is_answered
    from orders
    inner join answer_policy on orders.sent_date = answer_policy.sent_date
    cross join cutoff
    left join answers
        on
            orders.provider_code = answers.provider_code
            and orders.reference = answers.reference
            and orders.answer_type = answers.message_type
    where {{ kpi_tpl_is_answer_due('orders.sent_at', 'answer_policy.tpl_answer_hours', 'cutoff.as_of_at') }}
),

final as (
    select
        provider_code,
        sent_date,
        cast(count(*) as integer) as due_order_count,
        cast(count(*) filter (where is_answered) as integer) as answered_order_count
    from due
    group by provider_code, sent_date
)

select * from final
