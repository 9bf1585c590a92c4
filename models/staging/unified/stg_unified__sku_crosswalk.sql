with items as (
    select * from {{ ref('stg_unified__item') }}
),

-- A brand and part number that stands beside one GTIN speaks for that GTIN; beside several it speaks for none.
gtin_by_brand_mpn as (
    select
        brand_mpn_key,
        base_uom_code,
        min(global_gtin14) as global_gtin14
    from items
    where brand_mpn_key is not null and global_gtin14 is not null
    group by brand_mpn_key, base_uom_code
    having count(distinct global_gtin14) = 1
),

-- The same GTIN kept in two base units is a conflict, not one SKU: quantities could not be added.
base_uoms_by_gtin as (
    select
        global_gtin14,
        count(distinct base_uom_code) as base_uom_count
    from items
    where global_gtin14 is not null
    group by global_gtin14
),

matched as (
    select
        items.division_code,
        items.item_code,
        items.base_uom_code,
        items.brand_mpn_key,
        coalesce(items.global_gtin14, gtin_by_brand_mpn.global_gtin14) as global_gtin14,
        case
            when items.global_gtin14 is not null then 'gtin'
            when items.brand_mpn_key is not null then 'brand_mpn'
            else 'own_code'
        end as match_rule
    from items
    left join gtin_by_brand_mpn
        on
            items.brand_mpn_key = gtin_by_brand_mpn.brand_mpn_key
            and items.base_uom_code = gtin_by_brand_mpn.base_uom_code
),

final as (
    select
        matched.division_code,
        matched.item_code,
        case
            when matched.global_gtin14 is not null and base_uoms_by_gtin.base_uom_count > 1
                then 'GTIN-' || matched.global_gtin14 || '-' || matched.base_uom_code
            when matched.global_gtin14 is not null then 'GTIN-' || matched.global_gtin14
            when matched.brand_mpn_key is not null
                then 'MPN-' || matched.brand_mpn_key || '-' || matched.base_uom_code
            else 'ITEM-' || matched.division_code || '-' || matched.item_code
        end as sku_id,
        matched.match_rule,
        coalesce(base_uoms_by_gtin.base_uom_count > 1, false) as is_base_uom_conflict
    from matched
    left join base_uoms_by_gtin on matched.global_gtin14 = base_uoms_by_gtin.global_gtin14
)

select * from final
