with promotions as (
    select * from {{ ref('stg_unified__promotion') }}
    where quarantine_rule is null
),

locations as (
    select * from {{ ref('dim_location') }}
),

-- A promotion without a location runs at every one of its division; two codes of one SKU in it are one promotion of it.
final as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        locations.location_id,
        min(promotions.mechanic) as mechanic,
        max(promotions.discount_ratio) as discount_ratio,
        min(promotions.start_date) as start_date,
        max(promotions.end_date) as end_date,
        bool_and(promotions.promotion_status = 'cancelled') as is_cancelled,
        max(promotions.planned_uplift_ratio) as planned_uplift_ratio
    from promotions
    inner join locations
        on
            promotions.division_code = locations.division_code
            and coalesce(promotions.location_id, locations.location_id) = locations.location_id
    group by promotions.division_code, promotions.promotion_code, promotions.sku_id, locations.location_id
)

select * from final
