-- Each level that a run of breaches reached: the first week with enough breaches behind it, by the levels in force.
with runs as (
    select * from {{ ref('int_governance__breach_run') }}
    where is_breach
),

levels as (
    select * from {{ ref('escalation_levels') }}
),

candidates as (
    select
        runs.measure_id,
        runs.scope_type,
        runs.scope_id,
        runs.run_start_date,
        levels.level_number,
        runs.week_start_date,
        runs.week_end_date,
        levels.responsible_role,
        levels.due_day_count,
        row_number() over (
            partition by
                runs.measure_id, runs.scope_type, runs.scope_id, runs.run_start_date, levels.level_number
            order by runs.week_start_date
        ) as week_rank
    from runs
    inner join levels
        on
            runs.measure_id = levels.measure_id
            and runs.scope_type = levels.scope_type
            and runs.breach_week_count >= levels.week_count
            and runs.week_end_date >= levels.effective_from
            and runs.week_end_date < coalesce(levels.effective_to, date '9999-12-31')
),

final as (
    select
        measure_id || '|' || scope_type || '|' || scope_id || '|' || cast(run_start_date as string) as escalation_id,
        measure_id,
        scope_type,
        scope_id,
        run_start_date,
        level_number,
        week_start_date as reached_week_date,
        week_end_date as reached_date,
        responsible_role,
        {{ add_days('week_end_date', 'due_day_count') }} as due_date
    from candidates
    where week_rank = 1
)

select * from final
