-- Every use of the seed at every site with a WMS feed, and the feed that answers it there: a WMS speaks for its site,
-- an ERP for its division.
with use_cases as (
    select * from {{ ref('reporting_use_cases') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

feeds as (
    select * from {{ ref('fct_feed') }}
    where source = 'wms'
),

sites as (
    select
        location_id,
        site_code,
        division_code
    from locations
    where site_code in (select feeds.instance from feeds)
),

final as (
    select
        use_cases.use_case_id,
        use_cases.use_case_name,
        use_cases.need_seconds,
        use_cases.source,
        use_cases.entity,
        use_cases.max_rows_per_day,
        use_cases.present_path,
        sites.location_id,
        sites.site_code,
        sites.division_code,
        case when use_cases.source = 'erp' then sites.division_code else sites.site_code end as instance
    from use_cases
    cross join sites
)

select * from final
