{{ config(materialized='table') }}
-- The SKU that an item's own numbers give it: GTIN, else the GTIN its packaging or its brand and part number stands
-- beside elsewhere, else brand and part number, else its own code. Verdicts of stewards come after.
with items as (
    select * from {{ ref('stg_unified__item_standard') }}
),

packaging_gtins as (
    select * from {{ ref('stg_unified__packaging_gtin') }}
    where global_gtin14 is not null
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

packed as (
    select
        items.division_code,
        items.item_code,
        items.begins_at,
        items.base_uom_code,
        items.global_gtin14,
        packaging_gtins.global_gtin14 as pack_gtin14,
        packaging_gtins.factor_to_base
    from items
    left join packaging_gtins
        on
            items.division_code = packaging_gtins.division_code
            and items.item_code = packaging_gtins.item_code
    where items.is_current and packaging_gtins.global_gtin14 is not null
),

-- A case's GTIN that stands beside one GTIN of its content, always with the same content, speaks for that GTIN.
gtin_by_pack as (
    select
        pack_gtin14,
        base_uom_code,
        max(factor_to_base) as factor_to_base,
        min(global_gtin14) as global_gtin14
    from packed
    group by pack_gtin14, base_uom_code
    having count(distinct global_gtin14) = 1 and count(distinct factor_to_base) = 1
),

gtin_of_pack as (
    select
        packed.division_code,
        packed.item_code,
        packed.begins_at,
        min(gtin_by_pack.global_gtin14) as global_gtin14
    from packed
    left join gtin_by_pack
        on
            packed.pack_gtin14 = gtin_by_pack.pack_gtin14
            and packed.base_uom_code = gtin_by_pack.base_uom_code
    where packed.global_gtin14 is null
    group by packed.division_code, packed.item_code, packed.begins_at
    having count(distinct gtin_by_pack.global_gtin14) = 1
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

matched as (
    select
        items.division_code,
        items.item_code,
        items.begins_at,
        items.ends_at,
        items.is_current,
        items.reuse_count,
        items.base_uom_code,
        items.brand_mpn_key,
        coalesce(items.global_gtin14, gtin_of_pack.global_gtin14, gtin_by_brand_mpn.global_gtin14) as global_gtin14,
        case
            when items.global_gtin14 is not null then 'gtin'
            when gtin_of_pack.global_gtin14 is not null then 'packaging_gtin'
            when items.brand_mpn_key is not null then 'brand_mpn'
            else 'own_code'
        end as match_rule
    from items
    left join gtin_of_pack
        on
            items.division_code = gtin_of_pack.division_code
            and items.item_code = gtin_of_pack.item_code
            and items.begins_at = gtin_of_pack.begins_at
    left join gtin_by_brand_mpn
        on
            items.brand_mpn_key = gtin_by_brand_mpn.brand_mpn_key
            and items.base_uom_code = gtin_by_brand_mpn.base_uom_code
),

final as (
    select
        matched.division_code,
        matched.item_code,
        matched.begins_at,
        matched.ends_at,
        matched.is_current,
        matched.base_uom_code,
        matched.match_rule,
        case
            when matched.global_gtin14 is not null and base_uoms_by_gtin.base_uom_count > 1
                then 'GTIN-' || matched.global_gtin14 || '-' || matched.base_uom_code
            when matched.global_gtin14 is not null then 'GTIN-' || matched.global_gtin14
            when matched.brand_mpn_key is not null
                then 'MPN-' || matched.brand_mpn_key || '-' || matched.base_uom_code
            else {{ own_code_sku('matched') }}
        end as rule_sku_id,
        {{ own_code_sku('matched') }} as own_sku_id,
        coalesce(base_uoms_by_gtin.base_uom_count > 1, false) as is_base_uom_conflict
    from matched
    left join base_uoms_by_gtin on matched.global_gtin14 = base_uoms_by_gtin.global_gtin14
)

select * from final
