with locations as (
    select * from {{ ref('stg_erp__locations') }}
),

divisions as (
    select * from {{ ref('stg_erp__divisions') }}
),

latest_locations as (
    select
        *,
        {{ latest_extract_rank(['division_code', 'location_code']) }} as recency_rank
    from locations
),

latest_divisions as (
    select
        *,
        {{ latest_extract_rank(['division_code']) }} as recency_rank
    from divisions
),

-- One WMS site runs one location; if two locations name the same site, the first by code keeps it and the test on
-- site_code says so.
sited as (
    select
        *,
        coalesce(wms_site, location_code) as site_code,
        row_number() over (
            partition by coalesce(wms_site, location_code)
            order by division_code, location_code
        ) as site_rank
    from latest_locations
    where recency_rank = 1
),

final as (
    select
        sited.division_code || '.' || sited.location_code as location_id,
        sited.division_code,
        sited.location_code,
        sited.location_name,
        sited.location_type,
        sited.region,
        sited.country,
        sited.time_zone,
        case when sited.site_rank = 1 then sited.site_code end as site_code,
        sited.operated_by,
        latest_divisions.company_code,
        latest_divisions.company_currency,
        latest_divisions.currency
    from sited
    left join latest_divisions
        on
            sited.division_code = latest_divisions.division_code
            and latest_divisions.recency_rank = 1
)

select * from final
