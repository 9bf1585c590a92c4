with pick_errors as (
    select * from {{ ref('stg_wms__pick_errors') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts('pick_errors', ['site_code', 'error_id']) }}
),

final as (
    select
        ranked.site_code,
        ranked.error_id,
        ranked.order_number,
        ranked.line_number,
        ranked.item_code,
        crosswalk.sku_id,
        locations.location_id,
        ranked.bin_code,
        ranked.error_type,
        {{ base_quantity('ranked.short_qty') }} as short_qty,
        ranked.found_bin_code,
        ranked.occurred_at,
        {{ business_date('ranked.occurred_at', "coalesce(locations.time_zone, 'UTC')") }} as occurred_date,
        ranked.found_at,
        -- An error that names no quantity needs no unit.
        case
            when locations.location_id is null then 'unknown_location'
            when crosswalk.sku_id is null then 'unknown_item'
            when ranked.short_qty <> 0 and uom_factors.factor_to_base is null then 'unknown_uom'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations on ranked.site_code = locations.site_code
    {{ join_item_units('ranked', 'locations.division_code', at='ranked.occurred_at') }}
)

select * from final
