-- Monthly values of the KPIs that a link names, at its scope; of a KPI told more often, the mean of the month.
with kpi_values as (
    select * from {{ ref('int_scorecard__subject_kpi_value') }}
    where kpi_value is not null
),

links as (
    select * from {{ ref('lead_lag_links') }}
),

linked_kpis as (
    select
        lead_kpi_id as kpi_id,
        scope_type
    from links

    union

    select
        lag_kpi_id as kpi_id,
        scope_type
    from links
),

final as (
    select
        kpi_values.kpi_id,
        kpi_values.scope_type,
        kpi_values.scope_id,
        cast(date_trunc('month', kpi_values.period_end_date) as date) as month_start_date,
        {{ divide('sum(kpi_values.kpi_value)', 'count(*)') }} as mean_ratio
    from kpi_values
    inner join linked_kpis
        on
            kpi_values.kpi_id = linked_kpis.kpi_id
            and kpi_values.scope_type = linked_kpis.scope_type
    group by
        kpi_values.kpi_id,
        kpi_values.scope_type,
        kpi_values.scope_id,
        date_trunc('month', kpi_values.period_end_date)
)

select * from final
