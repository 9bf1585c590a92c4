-- Two questions: is the calculation right (what the ERP reports against the books), and are the records right (the
-- books against what counts and audits found)? Sums first, ratios after.
with summed as (
    select * from {{ ref('int_lag__audit_scope_month') }}
),

reported as (
    select * from {{ ref('fct_system_kpi_verdict') }}
    where kpi_id = 'inventory_turnover' and scope_type in ('division', 'location') and is_twelve_months
),

tie_outs as (
    select * from {{ ref('fct_ledger_tie_out') }}
    where tie_out = 'inventory'
),

scope_policy as (
    {{ policy_as_of(
        [
            'avg_inventory_min_coverage', 'turnover_audit_tol', 'turnover_audit_warn', 'turnover_audit_min_coverage',
            'min_cost_coverage'
        ],
        over='summed', as_of='last_day_date'
    ) }}
),

measured as (
    select
        summed.*,
        scope_policy.turnover_audit_tol,
        scope_policy.turnover_audit_warn,
        scope_policy.turnover_audit_min_coverage,
        scope_policy.min_cost_coverage,
        {{ divide('summed.known_cost_qty_days', 'summed.qty_days') }} as cost_coverage_ratio,
        {{ divide('summed.counted_inventory_amount', 'summed.avg_inventory_amount') }} as audit_coverage_ratio,
        {{ kpi_turnover_reason(
            'summed.cogs_amount', 'summed.avg_inventory_amount', 'summed.known_day_count',
            'scope_policy.avg_inventory_min_coverage * summed.window_day_count', 'summed.is_month_closed'
        ) }} as book_reason,
        {{ kpi_turnover_ratio('summed.cogs_amount', 'summed.avg_inventory_amount') }} as any_book_ratio,
        {{ kpi_turnover_ratio('summed.audited_cogs_amount', 'summed.audited_inventory_amount') }} as any_audited_ratio
    from summed
    inner join scope_policy using (last_day_date)
),

judged as (
    select
        *,
        {{ kpi_audit_reason('measured') }} as audit_reason,
        {{ kpi_turnover_deviation('any_book_ratio', 'any_audited_ratio') }} as any_deviation_ratio
    from measured
),

final as (
    select
        judged.scope_type,
        judged.scope_id,
        judged.month_start_date,
        judged.last_day_date,
        judged.is_month_closed,
        reported.reported_rate,
        reported.deviation_ratio as reported_deviation_ratio,
        reported.verdict as reported_verdict,
        judged.cogs_amount,
        judged.avg_inventory_amount,
        case when judged.book_reason is null then judged.any_book_ratio end as book_turnover_ratio,
        judged.shrink_amount,
        judged.audited_cogs_amount,
        judged.audited_inventory_amount,
        judged.counted_inventory_amount,
        judged.audit_coverage_ratio,
        case when judged.audit_reason is null then judged.any_audited_ratio end as audited_turnover_ratio,
        case when judged.audit_reason is null then judged.any_deviation_ratio end as audit_deviation_ratio,
        case when judged.audit_reason is null then abs(judged.any_deviation_ratio) end as audit_error_ratio,
        {{ kpi_audit_verdict('judged') }} as audit_verdict,
        judged.audit_reason,
        tie_outs.gap_ratio as ledger_gap_ratio,
        tie_outs.verdict as ledger_verdict,
        judged.cost_coverage_ratio,
        coalesce(judged.cost_coverage_ratio < judged.min_cost_coverage, false) as is_low_cost_coverage,
        judged.uncosted_record_count
    from judged
    left join reported
        on
            judged.scope_type = reported.scope_type
            and judged.scope_id = reported.scope_id
            and judged.last_day_date = reported.period_end_date
    left join tie_outs
        on
            judged.scope_type = tie_outs.scope_type
            and judged.scope_id = tie_outs.scope_id
            and judged.month_start_date = tie_outs.month_start_date
)

select * from final
