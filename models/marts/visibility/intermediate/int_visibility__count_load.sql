-- How much counting a site sends in and how much error it finds a day, within the window of counts.
with locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

counts as (
    select * from {{ ref('fct_cycle_count') }}
),

pairs as (
    select * from {{ ref('int_visibility__count_pair') }}
),

sites as (
    select
        locations.location_id,
        cutoff.as_of_date
    from locations
    cross join cutoff
),

window_policy as (
    {{ policy_as_of(['count_window_days'], over='sites', as_of='as_of_date', scopes={'location': 'location_id'}) }}
),

lines as (
    select
        counts.location_id,
        counts.counted_date,
        date_trunc('hour', counts.counted_at) as counted_hour_at
    from counts
    inner join window_policy using (location_id)
    where counts.counted_date > {{ add_days('window_policy.as_of_date', '-window_policy.count_window_days') }}
),

hours as (
    select
        location_id,
        counted_hour_at,
        count(*) as line_count
    from lines
    group by location_id, counted_hour_at
),

busiest_hours as (
    select
        location_id,
        max(line_count) as line_count
    from hours
    group by location_id
),

days as (
    select
        location_id,
        counted_date,
        count(*) as line_count
    from lines
    group by location_id, counted_date
),

errors as (
    select
        location_id,
        sum(error_amount) as error_amount,
        count(*) filter (where error_amount is null and variance_qty <> 0) as uncosted_count_count
    from pairs
    group by location_id
),

final as (
    select
        sites.location_id,
        sites.as_of_date,
        cast(coalesce(sum(days.line_count), 0) as bigint) as line_count,
        cast(coalesce({{ days_between('min(days.counted_date)', 'max(sites.as_of_date)') }} + 1, 0) as bigint)
            as window_day_count,
        cast(coalesce(max(days.line_count), 0) as bigint) as busiest_day_count,
        cast(coalesce(max(busiest_hours.line_count), 0) as bigint) as busiest_hour_count,
        cast(coalesce(max(errors.error_amount), 0) as decimal(24, 4)) as error_amount,
        cast(coalesce(max(errors.uncosted_count_count), 0) as bigint) as uncosted_count_count
    from sites
    left join days on sites.location_id = days.location_id
    left join errors on sites.location_id = errors.location_id
    left join busiest_hours on sites.location_id = busiest_hours.location_id
    group by sites.location_id, sites.as_of_date
)

select * from final
