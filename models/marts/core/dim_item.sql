with items as (
    select * from {{ ref('stg_unified__item') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
    where is_current
),

final as (
    select
        items.division_code,
        items.item_code,
        crosswalk.sku_id,
        crosswalk.rule_sku_id,
        crosswalk.match_rule,
        crosswalk.is_base_uom_conflict,
        crosswalk.is_verdict_contradicted,
        items.description as item_description,
        items.category,
        items.category_word,
        items.is_category_mapped,
        items.brand,
        items.is_brand_mapped,
        items.status as item_status,
        items.is_status_mapped,
        items.base_uom_code,
        items.is_base_uom_known,
        items.uom_class,
        items.gtin,
        items.global_gtin14,
        items.gtin_status,
        items.mpn_key,
        items.superseded_by,
        items.storage_class,
        items.storage_min_celsius,
        items.storage_max_celsius
    from items
    left join crosswalk
        on
            items.division_code = crosswalk.division_code
            and items.item_code = crosswalk.item_code
)

select * from final
