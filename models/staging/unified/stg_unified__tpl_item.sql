-- What the codes and units of each 3PL mean: the latest extract that names a code and unit speaks.
with item_maps as (
    select
        *,
        {{ normalised_text('provider_uom') }} as uom_key
    from {{ ref('stg_tpl__item_map') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

ranked as (
    {{ latest_extracts('item_maps', ['provider_code', 'provider_item_code', 'uom_key', 'division_code']) }}
),

final as (
    select
        ranked.provider_code,
        ranked.provider_item_code,
        ranked.uom_key,
        ranked.division_code,
        ranked.item_code,
        crosswalk.sku_id,
        cast(coalesce(ranked.factor_to_uom_ratio, 1) * uom_factors.factor_to_base as decimal(18, 6)) as factor_to_base,
        case
            when crosswalk.sku_id is null then 'unknown_item'
            when uom_factors.factor_to_base is null then 'unknown_uom'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_item_units('ranked', 'ranked.division_code') }}
)

select * from final
