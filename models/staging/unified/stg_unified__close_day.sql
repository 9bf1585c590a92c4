{{ config(materialized='table') }}
-- The close calendar: until when each day of a site may still receive what happened on it. The month's close decides,
-- and the horizon bounds it; no day closes before it is over.
with sites as (
    select * from {{ ref('stg_unified__site_start') }}
),

rules as (
    select
        *,
        {{ close_scope_rank() }} as scope_rank
    from {{ ref('close_rules') }}
),

explicit_closes as (
    select
        *,
        {{ close_scope_rank() }} as scope_rank
    from {{ ref('close_calendar') }}
),

-- Days that may still have been open when the site began, and one before them, to the last extraction and two months
-- more, in which the last months close.
bounds as (
    select
        {{ add_days('min(sites.first_date)', '-max(rules.late_horizon_days) - 1') }} as first_day,
        last_day({{ add_months('max(sites.last_date)', 2) }}) as last_day
    from sites
    cross join rules
),

days as (
    {{ day_series("(select cast(date_trunc('month', bounds.first_day) as date) from bounds)",
        '(select bounds.last_day from bounds)') }}
),

workdays as (
    select
        date_day as workday_date,
        {{ add_months("cast(date_trunc('month', date_day) as date)", -1) }} as month_start_date,
        row_number() over (partition by date_trunc('month', date_day) order by date_day) as workday_number
    from days
    where {{ days_between("cast(date_trunc('week', date_day) as date)", 'date_day') }} < 5
),

site_days as (
    select
        sites.site_code,
        sites.location_id,
        sites.division_code,
        days.date_day as event_date,
        cast(date_trunc('month', days.date_day) as date) as month_start_date
    from sites
    cross join bounds
    cross join days
    where days.date_day >= bounds.first_day and days.date_day <= sites.last_date
),

site_months as (
    select distinct
        site_code,
        location_id,
        division_code,
        month_start_date
    from site_days
),

month_rules as (
    select
        site_months.site_code,
        site_months.month_start_date,
        {{ value_at_max('rules.late_horizon_days', 'rules.scope_rank') }} as late_horizon_days,
        {{ value_at_max('rules.close_workday', 'rules.scope_rank') }} as close_workday
    from site_months
    left join rules
        on
            {{ close_scope_matches('rules', 'site_months') }}
            and site_months.month_start_date >= rules.effective_from
            and site_months.month_start_date < coalesce(rules.effective_to, date '9999-12-31')
    group by site_months.site_code, site_months.month_start_date
),

month_closes as (
    select
        site_months.site_code,
        site_months.month_start_date,
        {{ value_at_max('explicit_closes.closes_on_date', 'explicit_closes.scope_rank') }} as closes_on_date
    from site_months
    left join explicit_closes
        on
            {{ close_scope_matches('explicit_closes', 'site_months') }}
            and site_months.month_start_date = explicit_closes.month_start_date
    group by site_months.site_code, site_months.month_start_date
),

final as (
    select
        site_days.site_code,
        site_days.event_date,
        cast(greatest(
            site_days.event_date,
            least(
                {{ add_days('site_days.event_date', 'month_rules.late_horizon_days') }},
                coalesce(month_closes.closes_on_date, workdays.workday_date, date '9999-12-31')
            )
        ) as date) as closes_on_date
    from site_days
    left join month_rules using (site_code, month_start_date)
    left join month_closes using (site_code, month_start_date)
    left join workdays
        on
            month_rules.month_start_date = workdays.month_start_date
            and month_rules.close_workday = workdays.workday_number
)

select * from final
