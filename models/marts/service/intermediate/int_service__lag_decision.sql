-- The decision in force for each scope and month, the last one to begin: which of the two metrics leads.
with scopes as (
    select * from {{ ref('int_service__lag_scope') }}
),

told as (
    select * from {{ ref('int_service__lag_decision_told') }}
    where version_rank = 1 and chosen_option in ('turns', 'weeks_of_supply')
),

ranked as (
    select
        scopes.scope_type,
        scopes.scope_id,
        told.month_start_date,
        told.decision_id,
        told.chosen_option,
        told.rationale,
        told.decided_by,
        told.decided_at,
        told.valid_from_date,
        row_number() over (
            partition by scopes.scope_type, scopes.scope_id, told.month_start_date
            order by told.valid_from_date desc, told.decided_at desc, told.decision_id asc, told.team asc
        ) as decision_rank
    from scopes
    inner join told
        on
            scopes.month_start_date = told.month_start_date
            and scopes.scope_type = told.scope_type
            and told.scope_id in (scopes.scope_id, case when scopes.scope_type = 'company' then '*' end)
    where
        told.valid_from_date <= told.last_day_date
        and coalesce(told.valid_to_date, told.last_day_date) >= told.last_day_date
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        decision_id,
        chosen_option,
        rationale,
        decided_by,
        decided_at,
        valid_from_date
    from ranked
    where decision_rank = 1
)

select * from final
