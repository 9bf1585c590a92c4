with slottings as (
    select * from {{ ref('stg_wms__slottings') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts('slottings', ['site_code', 'item_code', 'bin_code', 'valid_from_date']) }}
),

final as (
    select
        ranked.site_code,
        ranked.item_code,
        crosswalk.sku_id,
        locations.location_id,
        ranked.bin_code,
        ranked.valid_from_date,
        ranked.valid_to_date,
        case
            when locations.location_id is null then 'unknown_location'
            when crosswalk.sku_id is null then 'unknown_item'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations on ranked.site_code = locations.site_code
    left join crosswalk
        on
            locations.division_code = crosswalk.division_code
            and ranked.item_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
)

select * from final
