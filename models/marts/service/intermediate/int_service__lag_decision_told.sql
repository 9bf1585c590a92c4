-- Decisions on the leading metric as each month knew them while its books were open: of each the last that was told.
with months as (
    select distinct
        month_start_date,
        last_day_date
    from {{ ref('int_service__lag_scope') }}
),

decisions as (
    select
        *,
        cast(told_at as date) as told_date
    from {{ ref('fct_decision') }}
    where kpi_id = 'inventory_turnover'
),

told_policy as (
    {{ policy_as_of(['decision_told_days'], over='months', as_of='last_day_date') }}
),

final as (
    select
        months.month_start_date,
        months.last_day_date,
        decisions.team,
        decisions.decision_id,
        decisions.scope_type,
        decisions.scope_id,
        decisions.chosen_option,
        decisions.rationale,
        decisions.decided_by,
        decisions.decided_at,
        decisions.valid_from_date,
        decisions.valid_to_date,
        row_number() over (
            partition by months.month_start_date, decisions.team, decisions.decision_id
            order by decisions.told_at desc
        ) as version_rank
    from months
    inner join told_policy using (last_day_date)
    inner join decisions
        on decisions.told_date <= {{ add_days('months.last_day_date', 'told_policy.decision_told_days') }}
)

select * from final
