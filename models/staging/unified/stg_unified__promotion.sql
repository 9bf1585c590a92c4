with promotions as (
    select * from {{ ref('stg_erp__promotions') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts('promotions', ['division_code', 'promotion_code', 'item_code', 'location_code']) }}
),

final as (
    select
        ranked.division_code,
        ranked.promotion_code,
        ranked.item_code,
        crosswalk.sku_id,
        ranked.location_code,
        locations.location_id,
        ranked.channel,
        ranked.mechanic,
        ranked.discount_ratio,
        ranked.start_date,
        ranked.end_date,
        ranked.status as promotion_status,
        ranked.planned_uplift_ratio,
        case
            when ranked.location_code is not null and locations.location_id is null then 'unknown_location'
            when crosswalk.sku_id is null then 'unknown_item'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join crosswalk
        on
            ranked.division_code = crosswalk.division_code
            and ranked.item_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
    {{ join_location('ranked') }}
)

select * from final
