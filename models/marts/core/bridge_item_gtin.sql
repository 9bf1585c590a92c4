-- Every level a division sells an item in: the base unit, factor 1, and the packagings that have a GTIN.
with items as (
    select * from {{ ref('dim_item') }}
    where gtin is not null
),

packaging_gtins as (
    select * from {{ ref('stg_unified__packaging_gtin') }}
),

levels as (
    select
        division_code,
        item_code,
        base_uom_code as uom_code,
        cast(1 as decimal(18, 6)) as factor_to_base,
        true as is_base_unit,
        gtin,
        global_gtin14,
        gtin_status
    from items

    union all

    select
        division_code,
        item_code,
        uom_code,
        factor_to_base,
        false as is_base_unit,
        gtin,
        global_gtin14,
        gtin_status
    from packaging_gtins
),

final as (
    select * from levels
)

select * from final
