-- Which of turnover and weeks of supply leads in each segment, and for the executive, with both values: by the rule, or
-- by a decision that was recorded.
with scopes as (
    select * from {{ ref('int_service__lag_scope') }}
),

decisions as (
    select * from {{ ref('int_service__lag_decision') }}
),

target_policy as (
    {{ policy_as_of(
        ['turnover_target', 'weeks_of_supply_target', 'avg_inventory_min_coverage'],
        over='scopes', as_of='last_day_date'
    ) }}
),

measured as (
    select
        scopes.*,
        target_policy.turnover_target,
        target_policy.weeks_of_supply_target,
        {{ kpi_turnover_ratio('scopes.turnover_numerator_amount', 'scopes.avg_inventory_amount') }} as any_turns,
        {{ kpi_turnover_reason(
            'scopes.turnover_numerator_amount', 'scopes.avg_inventory_amount', 'scopes.known_day_count',
            'target_policy.avg_inventory_min_coverage * scopes.window_day_count', 'true'
        ) }} as turnover_reason,
        {{ kpi_days_on_hand('scopes.closing_amount', 'scopes.cogs_91_amount', 13) }} as any_weeks,
        {{ kpi_recent_cover_reason(
            'scopes.closing_amount', 'scopes.cogs_91_amount', 'scopes.known_day_count',
            'target_policy.avg_inventory_min_coverage * 91'
        ) }} as wos_91_reason
    from scopes
    inner join target_policy using (last_day_date)
),

decided as (
    select
        measured.*,
        case when measured.turnover_reason is null then measured.any_turns end as turnover_ratio,
        case when measured.wos_91_reason is null then measured.any_weeks end as wos_91_weeks,
        coalesce(decisions.chosen_option, measured.rule_metric) as primary_metric,
        case when decisions.decision_id is null then measured.rule_reason else 'decision' end as primary_reason,
        coalesce(decisions.decided_by, 'rule') as decided_by,
        decisions.decision_id,
        decisions.rationale,
        decisions.decided_at,
        decisions.valid_from_date,
        sum(measured.closing_amount) over (
            partition by measured.scope_type, measured.company_code, measured.month_start_date
        ) as total_amount
    from measured
    left join decisions using (scope_type, scope_id, month_start_date)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        company_code,
        division_code,
        category,
        demand_group,
        season_range_ratio,
        closing_amount,
        {{ divide('closing_amount', 'total_amount') }} as stock_share_ratio,
        rule_metric,
        rule_reason,
        rule_stock_amount,
        primary_metric,
        primary_reason,
        decided_by,
        decision_id,
        rationale,
        decided_at,
        coalesce(valid_from_date, month_start_date) as valid_from_date,
        turnover_numerator_amount,
        avg_inventory_amount,
        turnover_ratio,
        turnover_reason,
        cogs_91_amount,
        wos_91_weeks,
        wos_91_reason,
        {{ kpi_is_primary_on_target(
            'primary_metric', 'turnover_ratio', 'turnover_target', 'wos_91_weeks', 'wos_91_reason',
            'weeks_of_supply_target'
        ) }} as is_on_target
    from decided
)

select * from final
