-- Levels of one measure and scope type on one day count from 1, need ever more weeks, and follow each other without gap
-- or overlap; a scope type that nothing rolls up to, or a due date before the day itself, would never answer.
with levels as (
    select
        *,
        coalesce(effective_to, date '9999-12-31') as until_date
    from {{ ref('escalation_levels') }}
),

scopes as (
    select * from {{ ref('policy_scopes') }}
    where scope_type <> 'abc_class'
),

neighbours as (
    select
        *,
        lead(effective_from) over (
            partition by measure_id, scope_type, level_number order by effective_from, until_date
        ) as next_from
    from levels
),

out_of_order as (
    select
        upper_level.measure_id,
        upper_level.scope_type,
        upper_level.level_number,
        upper_level.effective_from
    from levels as upper_level
    left join levels as lower_level
        on
            upper_level.measure_id = lower_level.measure_id
            and upper_level.scope_type = lower_level.scope_type
            and upper_level.level_number = lower_level.level_number + 1
            and upper_level.effective_from < lower_level.until_date
            and upper_level.until_date > lower_level.effective_from
    where
        (upper_level.level_number > 1 and lower_level.level_number is null)
        or upper_level.week_count <= lower_level.week_count
),

final as (
    select
        neighbours.measure_id,
        neighbours.scope_type,
        neighbours.level_number,
        neighbours.effective_from
    from neighbours
    left join scopes on neighbours.scope_type = scopes.scope_type
    where
        neighbours.effective_from >= neighbours.until_date
        or neighbours.next_from <> neighbours.until_date
        or neighbours.level_number < 1
        or neighbours.week_count < 1
        or neighbours.due_day_count < 0
        or scopes.scope_type is null

    union all

    select
        measure_id,
        scope_type,
        level_number,
        effective_from
    from out_of_order
)

select * from final
