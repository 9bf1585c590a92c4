with bins as (
    select * from {{ ref('stg_wms__bins') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['site_code', 'bin_code']) }} as recency_rank,
        max(_meta_extracted_at) over (partition by site_code) as last_extracted_at
    from bins
),

final as (
    select
        ranked.site_code,
        locations.location_id,
        ranked.bin_code,
        ranked.zone,
        ranked.zone_type,
        ranked.aisle,
        ranked.bin_level,
        ranked.x_m,
        ranked.y_m,
        ranked.height_cm,
        ranked.capacity_m3,
        ranked.capacity_qty,
        ranked.distance_m,
        coalesce(ranked.bin_status, 'open') as bin_status,
        -- A snapshot is the whole picture: a bin that the latest one no longer names is gone.
        ranked._meta_extracted_at = ranked.last_extracted_at as is_current,
        case when locations.location_id is null then 'unknown_location' end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations on ranked.site_code = locations.site_code
    where ranked.recency_rank = 1
)

select * from final
