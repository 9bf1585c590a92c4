-- One alert for each run of periods in which a KPI lay on the wrong side of its target, in the scope where its owner
-- acts: since when, the figures it stands on, and when it ended. A period without a value neither opens nor ends one.
with kpi_values as (
    select * from {{ ref('fct_kpi_value') }}
    where kpi_value is not null
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

policy as (
    select * from {{ ref('dim_policy') }}
    where scope_type = 'company'
),

targeted as (
    select
        kpi_values.kpi_id,
        kpi_values.scope_type,
        kpi_values.scope_id,
        kpi_values.period_end_date,
        kpi_values.numerator,
        kpi_values.denominator,
        kpi_values.kpi_value,
        kpis.direction,
        kpis.owner,
        kpis.model as evidence_model,
        policy.value_number as target_value,
        (kpis.direction = 'higher_is_better' and kpi_values.kpi_value < policy.value_number)
        or (kpis.direction = 'lower_is_better' and kpi_values.kpi_value > policy.value_number) as is_breach
    from kpi_values
    inner join kpis
        on
            kpi_values.kpi_id = kpis.kpi_id
            and kpi_values.scope_type = kpis.alert_scope_type
    inner join policy
        on
            kpis.target_policy = policy.policy_key
            and kpi_values.period_end_date >= policy.effective_from
            and kpi_values.period_end_date < policy.effective_to
),

-- What lies between two periods on the right side belongs together.
numbered as (
    select
        *,
        count(*) filter (where not is_breach) over (
            partition by kpi_id, scope_type, scope_id order by period_end_date
        ) as run_number,
        lead(period_end_date) over (
            partition by kpi_id, scope_type, scope_id order by period_end_date
        ) as next_period_end_date,
        lead(is_breach) over (partition by kpi_id, scope_type, scope_id order by period_end_date) as is_next_breach
    from targeted
),

runs as (
    select
        *,
        min(period_end_date) over (partition by kpi_id, scope_type, scope_id, run_number) as first_seen_date,
        count(*) over (partition by kpi_id, scope_type, scope_id, run_number) as breach_period_count,
        case
            when direction = 'higher_is_better'
                then min(kpi_value) over (partition by kpi_id, scope_type, scope_id, run_number)
            else max(kpi_value) over (partition by kpi_id, scope_type, scope_id, run_number)
        end as worst_value
    from numbered
    where is_breach
),

last_periods as (
    select * from runs
    where is_next_breach is null or not is_next_breach
),

severity_policy as (
    {{ policy_as_of(['alert_critical_gap_ratio'], over='last_periods', as_of='period_end_date') }}
),

final as (
    select
        last_periods.kpi_id || '|' || last_periods.scope_type || '|' || last_periods.scope_id
        || '|' || cast(last_periods.first_seen_date as string) as alert_id,
        last_periods.kpi_id,
        last_periods.scope_type,
        last_periods.scope_id,
        case when last_periods.next_period_end_date is null then 'open' else 'closed' end as alert_status,
        last_periods.first_seen_date,
        last_periods.next_period_end_date as closed_date,
        last_periods.period_end_date,
        cast(last_periods.breach_period_count as integer) as breach_period_count,
        last_periods.numerator,
        last_periods.denominator,
        last_periods.kpi_value,
        last_periods.target_value,
        cast(last_periods.kpi_value - last_periods.target_value as decimal(24, 6)) as gap_value,
        last_periods.worst_value,
        case
            when
                abs(last_periods.kpi_value - last_periods.target_value)
                > {{ multiply('abs(last_periods.target_value)', 'severity_policy.alert_critical_gap_ratio') }}
                then 'critical'
            else 'warning'
        end as severity,
        last_periods.owner,
        last_periods.evidence_model
    from last_periods
    inner join severity_policy on last_periods.period_end_date = severity_policy.period_end_date
)

select * from final
