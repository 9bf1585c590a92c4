-- Sales, cost and stock add up over records of a scope and month; the ratios are taken after the sum.
with windows as (
    select * from {{ ref('int_lag__gmroii_window') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

{% set amounts = [
    'net_sales_amount', 'cogs_amount', 'avg_inventory_amount', 'all_sales_amount', 'month_net_sales_amount',
    'month_cogs_amount', 'month_avg_inventory_amount', 'qty_days', 'known_cost_qty_days',
] %}
summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        windows.month_start_date,
        windows.last_day_date,
        windows.is_month_closed,
        {%- for amount in amounts %}
        cast(sum(windows.{{ amount }}) as decimal(24, 4)) as {{ amount }},
        {%- endfor %}
        max(windows.window_day_count) as window_day_count,
        max(windows.known_day_count) as known_day_count,
        case when count(distinct windows.avg_method_used) = 1 then min(windows.avg_method_used) else 'mixed' end
            as avg_method_used,
        bool_or(windows.is_sales_known) as is_sales_known,
        bool_and(windows.is_window_complete or not windows.is_sales_known) as is_window_complete,
        bool_and(windows.is_month_complete or not windows.is_sales_known) as is_month_complete,
        cast(count(*) filter (where windows.is_uncosted) as integer) as uncosted_record_count
    from windows
    inner join stock_scopes
        on
            windows.sku_id = stock_scopes.sku_id
            and windows.location_id = stock_scopes.location_id
    group by
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        windows.month_start_date,
        windows.last_day_date,
        windows.is_month_closed
),

scope_policy as (
    {{ policy_as_of(['min_cost_coverage', 'avg_inventory_min_coverage'], over='summed', as_of='last_day_date') }}
),

margins as (
    select
        summed.*,
        scope_policy.min_cost_coverage,
        scope_policy.avg_inventory_min_coverage * summed.window_day_count as needed_day_count,
        cast(summed.net_sales_amount - summed.cogs_amount as decimal(24, 4)) as gross_margin_amount,
        cast(summed.month_net_sales_amount - summed.month_cogs_amount as decimal(24, 4)) as month_gross_margin_amount,
        {{ divide('summed.known_cost_qty_days', 'summed.qty_days') }} as cost_coverage_ratio
    from summed
    inner join scope_policy using (last_day_date)
),

judged as (
    select
        *,
        {{ kpi_gmroii_reason(
            'gross_margin_amount', 'avg_inventory_amount', 'known_day_count', 'needed_day_count', 'is_sales_known',
            'is_window_complete', 'is_month_closed'
        ) }} as gmroii_reason,
        {{ kpi_gmroii_reason(
            'month_gross_margin_amount', 'month_avg_inventory_amount', '1', '1', 'is_sales_known',
            'is_month_complete', 'is_month_closed'
        ) }} as gmroii_month_reason,
        {{ kpi_gmroii('gross_margin_amount', 'avg_inventory_amount') }} as any_gmroii_ratio,
        {{ kpi_gmroii('month_gross_margin_amount * 12', 'month_avg_inventory_amount') }} as any_gmroii_month_ratio
    from margins
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        avg_method_used,
        net_sales_amount,
        cogs_amount,
        gross_margin_amount,
        avg_inventory_amount,
        case when gmroii_reason is null then any_gmroii_ratio end as gmroii_ratio,
        gmroii_reason,
        case when gmroii_reason is null then {{ kpi_gross_margin_ratio('gross_margin_amount', 'net_sales_amount') }} end
            as gross_margin_ratio,
        case
            when gmroii_reason is null then
                {{ kpi_sales_to_stock_ratio('net_sales_amount', 'avg_inventory_amount') }}
        end as sales_to_stock_ratio,
        month_net_sales_amount,
        month_cogs_amount,
        month_gross_margin_amount,
        month_avg_inventory_amount,
        case when gmroii_month_reason is null then any_gmroii_month_ratio end as gmroii_month_ratio,
        gmroii_month_reason,
        cast(all_sales_amount - coalesce(net_sales_amount, 0) as decimal(24, 4)) as uncosted_sales_amount,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage,
        uncosted_record_count
    from judged
)

select * from final
