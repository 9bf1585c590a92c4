-- The decision in force for each scope and month, the last one decided: which of the two metrics leads.
with scopes as (
    select * from {{ ref('int_service__lag_scope') }}
),

decisions as (
    select * from {{ ref('fct_decision') }}
    where kpi_id = 'inventory_turnover' and chosen_option in ('turns', 'weeks_of_supply')
),

ranked as (
    select
        scopes.scope_type,
        scopes.scope_id,
        scopes.month_start_date,
        decisions.decision_id,
        decisions.chosen_option,
        decisions.rationale,
        decisions.decided_by,
        decisions.decided_at,
        decisions.valid_from_date,
        row_number() over (
            partition by scopes.scope_type, scopes.scope_id, scopes.month_start_date
            order by decisions.valid_from_date desc, decisions.decided_at desc, decisions.decision_id, decisions.team
        ) as decision_rank
    from scopes
    inner join decisions
        on
            scopes.scope_type = decisions.scope_type
            and decisions.scope_id in (scopes.scope_id, case when scopes.scope_type = 'company' then '*' end)
            and scopes.last_day_date >= decisions.valid_from_date
            and coalesce(decisions.valid_to_date, scopes.last_day_date) >= scopes.last_day_date
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
