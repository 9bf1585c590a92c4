-- Our side of each period that an ERP reports: the closed months it touches. Sales are unknown in months before the
-- division's first invoice.
with system_kpis as (
    select * from {{ ref('fct_system_kpi') }}
),

scope_months as (
    select * from {{ ref('int_lag__reported_scope_month') }}
),

months as (
    select * from {{ ref('int_lag__month') }}
    where is_month_closed
),

feeds as (
    select * from {{ ref('int_lag__sales_feed') }}
),

{% set keys = ['division_code', 'kpi_id', 'scope_type', 'scope_id', 'period_start_date', 'period_end_date'] %}
touched as (
    select
        {%- for key in keys %}
        system_kpis.{{ key }},
        {%- endfor %}
        months.month_start_date,
        months.last_day_date = system_kpis.period_end_date as is_last_month,
        months.month_start_date <= system_kpis.period_start_date as is_first_month
    from system_kpis
    inner join months
        on
            system_kpis.period_start_date <= months.last_day_date
            and system_kpis.period_end_date >= months.month_start_date
),

final as (
    select
        {%- for key in keys %}
        touched.{{ key }},
        {%- endfor %}
        cast(count(*) as integer) as month_count,
        bool_or(touched.is_last_month) as is_closed_period,
        cast(sum(scope_months.known_day_count) as integer) as known_day_count,
        {%- for measure in ['qty_days', 'known_cost_qty_days', 'value_days', 'cogs_amount', 'net_sales_amount'] %}
        cast(sum(scope_months.{{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        {{ kpi_month_end_average(
            'sum(scope_months.closing_amount)',
            'sum(scope_months.opening_amount) filter (where touched.is_first_month)', 'count(*)'
        ) }} as month_end_inventory_amount,
        coalesce(bool_and(feeds.sales_from_date <= touched.month_start_date), false) as is_sales_known
    from touched
    left join scope_months using (division_code, scope_type, scope_id, month_start_date)
    left join feeds using (division_code)
    group by touched.{{ keys | join(', touched.') }}
)

select * from final
