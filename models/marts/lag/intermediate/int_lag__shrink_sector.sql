-- Each location and quarter up to the cut-off with the sector whose survey it may be compared with.
with months as (
    select
        *,
        cast(date_trunc('quarter', month_start_date) as date) as quarter_start_date
    from {{ ref('int_lag__month') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

located as (
    select
        locations.location_id,
        locations.region_id,
        locations.division_code,
        locations.company_code,
        months.quarter_start_date,
        max(months.last_day_date) as last_day_date
    from locations
    cross join months
    group by
        locations.location_id, locations.region_id, locations.division_code, locations.company_code,
        months.quarter_start_date
),

sector_policy as (
    {{ policy_as_of(
        ['shrink_sector:text'],
        over='located', as_of='last_day_date', scopes={'division': 'division_code', 'location': 'location_id'}
    ) }}
),

final as (
    select
        located.*,
        located.last_day_date = {{ add_days(add_months('located.quarter_start_date', 3), -1) }} as is_quarter_closed,
        sector_policy.shrink_sector as sector
    from located
    inner join sector_policy using (last_day_date, division_code, location_id)
)

select * from final
