-- One escalation for each run of breaches that reached a level, what became of it and whether somebody took it in time.
with runs as (
    select * from {{ ref('int_governance__breach_run') }}
),

levels as (
    select * from {{ ref('fct_escalation_level') }}
),

acknowledgements as (
    select * from {{ ref('fct_alert_acknowledgement') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

level_ranks as (
    select
        *,
        min(reached_date) over (partition by escalation_id) as opened_date,
        min(reached_week_date) over (partition by escalation_id) as opened_week_date,
        min(due_date) over (partition by escalation_id) as first_due_date,
        row_number() over (partition by escalation_id order by level_number desc) as level_rank
    from levels
),

-- A missed due date stays missed when the next level sets a later one: the first one is the promise.
opened as (
    select * from level_ranks
    where level_rank = 1
),

gaps as (
    select
        *,
        max(case when is_breach then abs(measure_value - target_value) end) over (
            partition by measure_id, scope_type, scope_id, run_start_date
        ) as worst_gap_value
    from runs
),

run_totals as (
    select
        measure_id,
        scope_type,
        scope_id,
        scope_location,
        run_start_date,
        max(breach_week_count) as breach_week_count,
        max(week_start_date) filter (where is_breach) as last_breach_week_date,
        max(week_start_date) filter (where is_run_over) as closed_week_date,
        max(week_end_date) filter (where is_run_over) as closed_date,
        max(case when is_missing then 'missing_week' else 'cleared' end) filter (where is_run_over) as closed_reason,
        count(*) filter (where is_breach and reason_code = 'no_demand') as no_demand_week_count,
        max(measure_value) filter (where is_breach and abs(measure_value - target_value) = worst_gap_value)
            as worst_value,
        {{ value_at_max('case when is_breach then target_value end', 'week_start_date') }} as target_value,
        {{ value_at_max('case when is_breach then excess_amount end', 'week_start_date') }} as excess_amount,
        max(excess_amount) filter (where is_breach) as max_excess_amount
    from gaps
    group by measure_id, scope_type, scope_id, scope_location, run_start_date
),

told as (
    select
        opened.escalation_id,
        acknowledgements.acknowledged_at,
        acknowledgements.acknowledged_by,
        acknowledgements.note,
        {{ business_date('acknowledgements.acknowledged_at', "coalesce(locations.time_zone, 'UTC')") }}
            as acknowledged_date
    from opened
    inner join run_totals using (measure_id, scope_type, scope_id, run_start_date)
    inner join acknowledgements on opened.escalation_id = acknowledgements.alert_id
    left join locations on run_totals.scope_location = locations.location_id
),

-- The first word after it opened counts.
taken as (
    select
        told.*,
        row_number() over (
            partition by told.escalation_id order by told.acknowledged_at, told.acknowledged_by
        ) as word_rank
    from told
    inner join opened using (escalation_id)
    where told.acknowledged_date >= opened.opened_date
),

final as (
    select
        opened.escalation_id,
        opened.measure_id,
        opened.scope_type,
        opened.scope_id,
        locations.location_id,
        opened.run_start_date as first_week_date,
        opened.opened_week_date,
        opened.opened_date,
        run_totals.last_breach_week_date,
        cast(run_totals.breach_week_count as integer) as breach_week_count,
        cast(run_totals.no_demand_week_count as integer) as no_demand_week_count,
        opened.level_number as current_level,
        opened.reached_date as level_reached_date,
        opened.responsible_role,
        opened.due_date,
        opened.first_due_date,
        taken.acknowledged_at,
        taken.acknowledged_date,
        taken.acknowledged_by,
        taken.note as acknowledgement_note,
        run_totals.closed_week_date,
        run_totals.closed_date,
        run_totals.closed_reason,
        run_totals.closed_week_date is null as is_open,
        opened.first_due_date < cutoff.as_of_date as is_due,
        {{ kpi_is_sla_breached('taken.acknowledged_date', 'opened.first_due_date', 'cutoff.as_of_date') }}
            as is_sla_breached,
        run_totals.worst_value,
        run_totals.target_value,
        run_totals.excess_amount,
        run_totals.max_excess_amount
    from opened
    cross join cutoff
    inner join run_totals using (measure_id, scope_type, scope_id, run_start_date)
    left join taken
        on
            opened.escalation_id = taken.escalation_id
            and taken.word_rank = 1
    left join locations on run_totals.scope_location = locations.location_id
)

select * from final
