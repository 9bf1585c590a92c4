-- KPIs of money in stock in the shape of the scorecard, one branch per registry row.
{%- set month = ['month_start_date', 'last_day_date'] %}
with verdicts as (
    select * from {{ ref('fct_system_kpi_verdict') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

bridges as (
    select * from {{ ref('kpi_stock_value_bridge') }}
    where is_month_closed
),

audits as (
    select * from {{ ref('kpi_turnover_audit') }}
    where is_month_closed
),

tie_outs as (
    select
        *,
        abs(gap_amount) as off_amount
    from {{ ref('fct_ledger_tie_out') }}
    where tie_out = 'inventory'
),

outcomes as (
    select * from {{ ref('kpi_financial_outcome') }}
    where is_month_closed
),

divisions as (
    select distinct
        division_code,
        company_code
    from locations
),

-- A division that reports and has no location belongs to nobody known.
reported as (
    select
        verdicts.*,
        coalesce(divisions.company_code, '(unknown)') as company_code,
        cast(date_trunc('month', verdicts.period_end_date) as date) as month_start_date
    from verdicts
    left join divisions on verdicts.division_code = divisions.division_code
),

agreements as (
    {%- for scope_type in ['division', 'company'] %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_type }}_code as scope_id,
        month_start_date,
        period_end_date as last_day_date,
        count(*) filter (where verdict in ('agree', 'other_average')) as agree_count,
        count(*) filter (where verdict <> 'not_comparable') as judged_count
    from reported
    group by {{ scope_type }}_code, month_start_date, period_end_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    {{ kpi_value_branch(
        'reported_agreement_ratio', 'agreements', 'agree_count', 'judged_count', divide('agree_count', 'judged_count'),
        reason_without('judged_count', 'not_comparable'), month
    ) }}

    union all

    {{ kpi_value_branch(
        'unexplained_stock_ratio', 'bridges', 'unexplained_amount', 'available_amount', 'unexplained_ratio',
        'unexplained_reason', month
    ) }}

    union all

    {{ kpi_value_branch(
        'audit_error_ratio', 'audits', 'abs(book_turnover_ratio - audited_turnover_ratio)', 'audited_turnover_ratio',
        'audit_error_ratio', 'audit_reason', month
    ) }}

    union all

    {{ kpi_value_branch(
        'ledger_gap_ratio', 'tie_outs', 'off_amount', 'book_amount', 'abs(gap_ratio)',
        "case when gap_ratio is null then 'no_stock' end", month
    ) }}

    union all

    {{ kpi_value_branch(
        'cash_to_cash_days', 'outcomes', 'dio_365_days + dso_365_days', 'dpo_365_days', 'cash_to_cash_days',
        'cash_to_cash_reason', month
    ) }}
    where scope_type in ('division', 'company')

    union all

    {{ kpi_value_branch(
        'releasable_stock_ratio', 'outcomes', 'wc_release_amount', 'closing_amount', 'wc_release_ratio',
        'wc_release_reason', month
    ) }}

    union all

    {{ kpi_value_branch(
        'lost_margin_ratio', 'outcomes', 'lost_margin_amount', 'lost_margin_amount + month_gross_margin_amount',
        'lost_margin_ratio', 'lost_margin_reason', month
    ) }}
)

select * from final
