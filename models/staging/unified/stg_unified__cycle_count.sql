with counts as (
    select * from {{ ref('stg_wms__cycle_counts') }}
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
    {{ latest_extracts('counts', ['site_code', 'count_id']) }}
),

final as (
    select
        ranked.site_code,
        ranked.count_id,
        ranked.item_code,
        crosswalk.sku_id,
        locations.location_id,
        ranked.bin_code,
        coalesce(ranked.lot_code, '-') as lot_code,
        {{ base_quantity('ranked.book_qty') }} as book_qty,
        {{ base_quantity('ranked.counted_qty') }} as counted_qty,
        ranked.counted_at,
        {{ business_date('ranked.counted_at', "coalesce(locations.time_zone, 'UTC')") }} as counted_date,
        ranked.count_trigger,
        ranked.is_blind,
        ranked.recount_of,
        ranked.root_cause,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations on ranked.site_code = locations.site_code
    {{ join_item_units('ranked', 'locations.division_code', at='ranked.counted_at') }}
)

select * from final
