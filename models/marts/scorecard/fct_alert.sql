-- The latest value of each KPI on the wrong side of its target, in the scope where its owner acts.
with kpi_values as (
    select * from {{ ref('fct_kpi_value') }}
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

policy as (
    select * from {{ ref('dim_policy') }}
    where scope_type = 'company'
),

latest as (
    select
        kpi_values.*,
        row_number() over (
            partition by kpi_values.kpi_id, kpi_values.scope_type, kpi_values.scope_id
            order by kpi_values.period_end_date desc
        ) as recency_rank
    from kpi_values
),

targeted as (
    select
        latest.kpi_id,
        latest.scope_type,
        latest.scope_id,
        latest.period_end_date,
        latest.kpi_value,
        kpis.direction,
        kpis.owner,
        policy.value_number as target_value
    from latest
    inner join kpis
        on
            latest.kpi_id = kpis.kpi_id
            and latest.scope_type = kpis.alert_scope_type
    inner join policy
        on
            kpis.target_policy = policy.policy_key
            and latest.period_end_date >= policy.effective_from
            and latest.period_end_date < policy.effective_to
    where latest.recency_rank = 1 and latest.kpi_value is not null
),

severity_policy as (
    {{ policy_as_of(['alert_critical_gap_ratio'], over='targeted', as_of='period_end_date') }}
),

final as (
    select
        targeted.kpi_id || '|' || targeted.scope_type || '|' || targeted.scope_id as alert_id,
        targeted.kpi_id,
        targeted.scope_type,
        targeted.scope_id,
        targeted.period_end_date,
        targeted.kpi_value,
        targeted.target_value,
        cast(targeted.kpi_value - targeted.target_value as decimal(24, 6)) as gap_value,
        case
            when
                abs(targeted.kpi_value - targeted.target_value)
                > {{ multiply('abs(targeted.target_value)', 'severity_policy.alert_critical_gap_ratio') }}
                then 'critical'
            else 'warning'
        end as severity,
        targeted.owner
    from targeted
    inner join severity_policy on targeted.period_end_date = severity_policy.period_end_date
    where
        (targeted.direction = 'higher_is_better' and targeted.kpi_value < targeted.target_value)
        or (targeted.direction = 'lower_is_better' and targeted.kpi_value > targeted.target_value)
)

select * from final
