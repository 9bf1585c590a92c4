with customers as (
    select * from {{ ref('stg_unified__customer') }}
),

final as (
    select
        customer_id,
        division_code,
        customer_code,
        customer_name,
        segment,
        channel,
        region,
        country,
        is_internal
    from customers
)

select * from final
