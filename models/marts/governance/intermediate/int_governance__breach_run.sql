-- Runs of breaches: a run begins with a breach and ends with the clear week that makes policy escalation_reset_weeks of
-- them, or with a week that nobody can say, as policy escalation_gap_policy wants it. Weeks follow each other by their
-- dates, so that a year's end is a week like any other.
with week_breaches as (
    select * from {{ ref('int_governance__week_breach') }}
),

weeks as (
    select * from {{ ref('int_governance__week') }}
),

{% set scope = 'measure_id, scope_type, scope_id' %}

breached_scopes as (
    select
        measure_id,
        scope_type,
        scope_id,
        scope_location,
        min(week_start_date) as first_breach_date
    from week_breaches
    where is_breach
    group by measure_id, scope_type, scope_id, scope_location
),

-- Every week from a scope's first breach to the last one that is over: a week without a row is missing, not clear.
timeline as (
    select
        breached_scopes.measure_id,
        breached_scopes.scope_type,
        breached_scopes.scope_id,
        breached_scopes.scope_location,
        weeks.week_start_date,
        weeks.week_end_date,
        coalesce(week_breaches.is_breach, false) as is_breach,
        week_breaches.is_breach is null as is_missing,
        week_breaches.reason_code,
        week_breaches.measure_value,
        week_breaches.target_value,
        week_breaches.excess_amount
    from breached_scopes
    inner join weeks on breached_scopes.first_breach_date <= weeks.week_start_date
    left join week_breaches
        on
            breached_scopes.measure_id = week_breaches.measure_id
            and breached_scopes.scope_type = week_breaches.scope_type
            and breached_scopes.scope_id = week_breaches.scope_id
            and weeks.week_start_date = week_breaches.week_start_date
),

run_policy as (
    {{ policy_as_of(
        ['escalation_reset_weeks', 'escalation_gap_policy:text'], over='timeline', as_of='week_end_date'
    ) }}
),

numbered as (
    select
        *,
        count(case when is_breach then 1 end) over (partition by {{ scope }} order by week_start_date) as breach_number
    from timeline
),

since_breach as (
    select
        *,
        count(case when not is_breach and not is_missing then 1 end) over in_order as clear_week_count,
        count(case when is_missing then 1 end) over in_order as missing_week_count
    from numbered
    window in_order as (partition by {{ scope }}, breach_number order by week_start_date)
),

ended as (
    select
        since_breach.*,
        since_breach.clear_week_count >= run_policy.escalation_reset_weeks
        or (run_policy.escalation_gap_policy = 'breaks' and since_breach.missing_week_count > 0) as is_run_over
    from since_breach
    inner join run_policy using (week_end_date)
),

begun as (
    select
        *,
        is_breach and coalesce(lag(is_run_over) over (partition by {{ scope }} order by week_start_date), true)
            as is_run_start
    from ended
),

runs as (
    select
        *,
        max(case when is_run_start then week_start_date end) over (partition by {{ scope }} order by week_start_date)
            as run_start_date
    from begun
),

counted as (
    select
        *,
        count(case when is_breach then 1 end) over in_run as breach_week_count,
        count(case when is_run_over then 1 end) over in_run as weeks_over_count
    from runs
    window in_run as (partition by {{ scope }}, run_start_date order by week_start_date)
),

final as (
    select
        measure_id,
        scope_type,
        scope_id,
        scope_location,
        run_start_date,
        week_start_date,
        week_end_date,
        is_breach,
        is_missing,
        is_run_over,
        cast(breach_week_count as integer) as breach_week_count,
        reason_code,
        measure_value,
        target_value,
        excess_amount
    from counted
    where weeks_over_count = 0 or (weeks_over_count = 1 and is_run_over)
)

select * from final
