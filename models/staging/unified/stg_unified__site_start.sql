{{ config(materialized='table') }}
-- Since when a site sends its movements. What closed before, nobody could have sent in time: it is opening history.
with batches as (
    select * from {{ ref('stg_audit__pinned_batches') }}
    where source = 'wms' and entity = 'movements'
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

spans as (
    select
        instance as site_code,
        min(extracted_at) as first_extracted_at,
        max(extracted_at) as last_extracted_at
    from batches
    group by instance
),

zoned as (
    select
        spans.*,
        locations.location_id,
        locations.division_code,
        coalesce(locations.time_zone, 'UTC') as time_zone
    from spans
    left join locations on spans.site_code = locations.site_code
),

final as (
    select
        site_code,
        location_id,
        division_code,
        time_zone,
        first_extracted_at,
        last_extracted_at,
        {{ business_date('first_extracted_at', 'time_zone') }} as first_date,
        {{ business_date('last_extracted_at', 'time_zone') }} as last_date
    from zoned
)

select * from final
