with promotions as (
    select * from {{ ref('stg_unified__promotion') }}
    where quarantine_rule is null
),

final as (
    select
        division_code,
        promotion_code,
        item_code,
        sku_id,
        location_id,
        channel,
        mechanic,
        discount_ratio,
        start_date,
        end_date,
        promotion_status,
        planned_uplift_ratio
    from promotions
)

select * from final
