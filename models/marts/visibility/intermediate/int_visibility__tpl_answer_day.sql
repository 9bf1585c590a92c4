-- Orders to a 3PL whose answer is due, by day of sending.
with orders as (
    select * from {{ ref('int_visibility__tpl_order') }}
    where is_due
),

final as (
    select
        provider_code,
        sent_date,
        cast(count(*) as integer) as due_order_count,
        cast(count(*) filter (where is_answered) as integer) as answered_order_count
    from orders
    group by provider_code, sent_date
)

select * from final
