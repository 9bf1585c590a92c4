{{ config(materialized='table') }}
-- The goods that a code stood for in a period, in standard words. Own words stay beside them.
with periods as (
    select * from {{ ref('stg_unified__item_period') }}
),

versions as (
    select * from {{ ref('stg_unified__item_version') }}
),

gtins as (
    select * from {{ ref('stg_unified__gtin') }}
),

standard_words as (
    select * from {{ ref('stg_unified__standard_word') }}
),

uom_aliases as (
    select * from {{ ref('uom_aliases') }}
),

uom_codes as (
    select * from {{ ref('uom_codes') }}
),

storage_classes as (
    select * from {{ ref('storage_classes') }}
),

final as (
    select
        versions.division_code,
        versions.item_code,
        versions.description,
        versions.category,
        versions.subcategory,
        versions.brand,
        versions.mpn,
        versions.base_uom,
        versions.status,
        versions.gtin,
        versions.is_key,
        versions.launch_date,
        versions.end_of_life_date,
        versions.superseded_by,
        versions.shelf_life_days,
        versions.list_price_amount,
        versions.currency,
        versions.updated_at,
        versions.storage_min_celsius,
        versions.storage_max_celsius,
        versions.pack_qty,
        versions.category_word,
        versions.brand_word,
        versions.status_word,
        versions.mpn_key,
        versions.base_uom_word,
        versions.valid_from,
        versions.valid_to,
        periods.reuse_count,
        periods.begins_at,
        periods.ends_at,
        periods.ends_at = timestamp '9999-12-31 00:00:00' as is_current,
        coalesce(category_words.standard_word, 'UNCATEGORISED') as standard_category,
        coalesce(category_words.is_mapped, false) as is_category_mapped,
        brand_words.standard_word as standard_brand,
        coalesce(brand_words.is_mapped, false) as is_brand_mapped,
        status_words.standard_word as standard_status,
        coalesce(status_words.is_mapped, false) as is_status_mapped,
        coalesce(uom_aliases.uom_code, versions.base_uom_word) as base_uom_code,
        uom_aliases.uom_code is not null as is_base_uom_known,
        coalesce(uom_codes.uom_class, 'unknown') as uom_class,
        storage_classes.storage_class,
        gtins.global_gtin14,
        coalesce(gtins.gtin_status, 'absent') as gtin_status,
        case
            when versions.mpn_key is not null and brand_words.standard_word is not null
                then brand_words.standard_word || '|' || versions.mpn_key
        end as brand_mpn_key
    from periods
    left join versions
        on
            periods.division_code = versions.division_code
            and periods.item_code = versions.item_code
            and periods.version_at = versions.valid_from
    left join gtins on versions.gtin = gtins.gtin
    {%- for attribute_name in ['category', 'brand', 'status'] %}
    left join standard_words as {{ attribute_name }}_words
        on
            {{ attribute_name }}_words.attribute_name = '{{ attribute_name }}'
            and versions.division_code = {{ attribute_name }}_words.division_code
            and versions.{{ attribute_name }}_word = {{ attribute_name }}_words.source_word
    {%- endfor %}
    left join uom_aliases on versions.base_uom_word = uom_aliases.uom_alias
    left join uom_codes on uom_aliases.uom_code = uom_codes.uom_code
    left join storage_classes
        on
            versions.storage_max_celsius > storage_classes.over_c
            and versions.storage_max_celsius <= storage_classes.up_to_c
)

select * from final
