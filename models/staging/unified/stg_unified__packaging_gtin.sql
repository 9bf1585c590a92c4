{{ config(materialized='table') }}
-- GTINs of packaging levels: what a case or pallet is sold under, and how many base units it holds.
with item_uoms as (
    select * from {{ ref('stg_erp__item_uoms') }}
    where gtin is not null
),

gtins as (
    select * from {{ ref('stg_unified__gtin') }}
),

compatible_texts as (
    select * from {{ ref('stg_unified__compatible_text') }}
),

uom_aliases as (
    select * from {{ ref('uom_aliases') }}
),

named as (
    select
        item_uoms.*,
        {{ normalised_text('coalesce(compatible_texts.compatible_text, item_uoms.uom)') }} as uom_word
    from item_uoms
    left join compatible_texts on item_uoms.uom = compatible_texts.source_text
),

coded as (
    select
        named.*,
        coalesce(uom_aliases.uom_code, named.uom_word) as uom_code
    from named
    left join uom_aliases on named.uom_word = uom_aliases.uom_alias
),

latest as (
    {{ latest_extracts('coded', ['division_code', 'item_code', 'uom_code']) }}
),

final as (
    select
        latest.division_code,
        latest.item_code,
        latest.uom_code,
        latest.factor_to_base,
        latest.gtin,
        gtins.global_gtin14,
        gtins.gtin_status
    from latest
    left join gtins on latest.gtin = gtins.gtin
)

select * from final
