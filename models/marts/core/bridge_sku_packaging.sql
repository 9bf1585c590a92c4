with uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

final as (
    select distinct
        crosswalk.sku_id,
        uom_factors.division_code,
        uom_factors.uom_code,
        uom_factors.factor_to_base
    from uom_factors
    inner join crosswalk
        on
            uom_factors.division_code = crosswalk.division_code
            and uom_factors.item_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
    where uom_factors.factor_source = 'item' and uom_factors.factor_to_base <> 1
)

select * from final
