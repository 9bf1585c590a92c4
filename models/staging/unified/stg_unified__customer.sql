with customers as (
    select * from {{ ref('stg_erp__customers') }}
),

ranked as (
    {{ latest_extracts('customers', ['division_code', 'customer_code']) }}
),

final as (
    select
        division_code || '.' || customer_code as customer_id,
        division_code,
        customer_code,
        customer_name,
        segment,
        channel,
        region,
        country,
        coalesce(is_internal, false) as is_internal
    from ranked
)

select * from final
