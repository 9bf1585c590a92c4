-- How goods must be handled in a division: of several codes of one SKU the strictest word holds for each bound.
with traits as (
    select * from {{ ref('stg_unified__item_trait') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
    where is_current
),

storage_classes as (
    select * from {{ ref('storage_classes') }}
),

strictest as (
    select
        crosswalk.division_code,
        crosswalk.sku_id,
        max(traits.storage_min_celsius) as storage_min_celsius,
        min(traits.storage_max_celsius) as storage_max_celsius,
        max(traits.storage_min_humidity_pct) as storage_min_humidity_pct,
        min(traits.storage_max_humidity_pct) as storage_max_humidity_pct,
        min(traits.reference_storage_celsius) as reference_storage_celsius,
        bool_or(coalesce(traits.is_freeze_sensitive, false)) as is_freeze_sensitive,
        max(traits.cube_m3) as cube_m3
    from crosswalk
    left join traits using (division_code, item_code)
    group by crosswalk.division_code, crosswalk.sku_id
),

final as (
    select
        strictest.*,
        storage_classes.storage_class
    from strictest
    left join storage_classes
        on
            strictest.storage_max_celsius > storage_classes.over_c
            and strictest.storage_max_celsius <= storage_classes.up_to_c
)

select * from final
