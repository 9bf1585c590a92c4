-- Is the ERP's own figure right? Ours of the same records and period stands beside it, and a verdict says whether they
-- agree within the tolerance.
with system_kpis as (
    select * from {{ ref('fct_system_kpi') }}
),

periods as (
    select * from {{ ref('int_lag__reported_period') }}
),

verdict_policy as (
    {{ policy_as_of(
        ['turnover_audit_tol', 'min_cost_coverage', 'avg_inventory_min_coverage'],
        over='system_kpis', as_of='period_end_date'
    ) }}
),

joined as (
    select
        system_kpis.*,
        periods.month_count,
        periods.is_closed_period,
        periods.is_sales_known,
        periods.known_day_count,
        periods.month_end_inventory_amount,
        {{ days_between('system_kpis.period_start_date', 'system_kpis.period_end_date') }} + 1 as period_day_count,
        case system_kpis.kpi_id
            when 'inventory_turnover' then periods.cogs_amount
            else cast(periods.net_sales_amount - periods.cogs_amount as decimal(24, 4))
        end as numerator_amount,
        {{ divide('periods.value_days', 'periods.known_day_count', 4) }} as avg_inventory_amount,
        {{ divide('periods.known_cost_qty_days', 'periods.qty_days') }} as cost_coverage_ratio
    from system_kpis
    left join periods
        using (division_code, kpi_id, scope_type, scope_id, period_start_date, period_end_date)
),

compared as (
    select
        joined.*,
        verdict_policy.turnover_audit_tol,
        {%- for name, stock in {'book': 'avg_inventory', 'month_end': 'month_end_inventory'}.items() %}
        {{ kpi_turnover_ratio(
            kpi_yearly_amount('joined.numerator_amount', 'joined.month_count'), 'joined.' ~ stock ~ '_amount'
        ) }} as any_{{ name }}_rate,
        {%- endfor %}
        {{ kpi_reported_reason(
            'joined', 'verdict_policy.avg_inventory_min_coverage', 'verdict_policy.min_cost_coverage'
        ) }} as verdict_reason
    from joined
    inner join verdict_policy using (period_end_date)
),

final as (
    select
        division_code,
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        month_count,
        coalesce(month_count = {{ months_of_a_year() }}, false) as is_twelve_months,
        reported_rate,
        reported_at,
        numerator_amount,
        avg_inventory_amount,
        case when verdict_reason is null then any_book_rate end as book_rate,
        case when verdict_reason is null then {{ kpi_turnover_deviation('reported_rate', 'any_book_rate') }} end
            as deviation_ratio,
        case when verdict_reason is null then any_month_end_rate end as month_end_rate,
        {{ kpi_reported_verdict(
            'verdict_reason', 'reported_rate', 'any_book_rate', 'any_month_end_rate', 'turnover_audit_tol'
        ) }} as verdict,
        verdict_reason,
        cost_coverage_ratio
    from compared
)

select * from final
