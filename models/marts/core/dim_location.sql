with locations as (
    select * from {{ ref('stg_unified__location') }}
),

final as (
    select
        location_id,
        division_code,
        location_code,
        location_name,
        location_type,
        region,
        country,
        time_zone,
        site_code,
        operated_by,
        coalesce(company_code, '(unknown)') as company_code,
        coalesce(company_code, '(unknown)') || '|' || coalesce(nullif(trim(region), ''), '(unknown)') as region_id,
        currency,
        company_currency
    from locations
)

select * from final
