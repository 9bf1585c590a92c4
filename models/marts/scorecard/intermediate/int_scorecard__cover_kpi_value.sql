-- KPIs of cover, inventory to sales and the leading metric in the shape of the scorecard, one branch per registry row.
with turnover as (
    select
        *,
        {{ divide('closing_amount', 'wos_forward_weeks', 4) }} as expected_week_amount
    from {{ ref('kpi_inventory_turnover') }}
    where is_month_closed
),

inventory_to_sales as (
    select
        *,
        {{ divide('net_sales_amount', 'known_month_count', 4) }} as month_sales_amount
    from {{ ref('kpi_inventory_to_sales') }}
    where is_period_closed
),

segments as (
    select * from {{ ref('kpi_primary_lag_indicator') }}
    where scope_type = 'segment'
),

led as (
    {%- for scope_type in ['division', 'company'] %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_type }}_code as scope_id,
        month_start_date,
        last_day_date,
        coalesce(sum(closing_amount) filter (where is_on_target), 0) as on_target_amount,
        coalesce(sum(closing_amount) filter (where is_on_target is not null), 0) as judged_amount,
        bool_and(coalesce(turnover_reason = 'no_cost', false)) as is_uncosted
    from segments
    group by {{ scope_type }}_code, month_start_date, last_day_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    {{ kpi_value_branch(
        'weeks_of_supply_91', 'turnover', 'closing_amount', 'cogs_91_amount', 'wos_91_weeks', 'wos_91_reason',
        ('month_start_date', 'last_day_date')
    ) }}

    union all

    {{ kpi_value_branch(
        'weeks_of_supply_forward', 'turnover', 'closing_amount', 'expected_week_amount', 'wos_forward_weeks',
        'wos_forward_reason', ('month_start_date', 'last_day_date')
    ) }}
    {%- for period_type, kpi_id in {
        'month': 'inventory_to_sales_ratio', 'quarter': 'inventory_to_sales_quarter_ratio'
    }.items() %}

    union all

    {{ kpi_value_branch(
        kpi_id, 'inventory_to_sales', 'sales_stock_amount', 'month_sales_amount', 'inventory_to_sales_ratio',
        'inventory_to_sales_reason', ('period_start_date', 'last_day_date')
    ) }}
    where period_type = '{{ period_type }}'
    {%- endfor %}

    union all

    {{ kpi_value_branch(
        'primary_metric_target_ratio', 'led', 'on_target_amount', 'judged_amount',
        divide('on_target_amount', 'judged_amount'),
        "case when judged_amount = 0 then case when is_uncosted then 'no_cost' else 'short_history' end end",
        ('month_start_date', 'last_day_date')
    ) }}
)

select * from final
