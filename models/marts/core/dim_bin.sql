with bins as (
    select * from {{ ref('stg_unified__bin') }}
    where quarantine_rule is null
),

final as (
    select
        location_id,
        bin_code,
        zone,
        coalesce(zone_type, '-') as zone_type,
        aisle,
        bin_level,
        x_m,
        y_m,
        height_cm,
        capacity_m3,
        capacity_qty,
        distance_m,
        bin_status,
        is_current
    from bins
)

select * from final
