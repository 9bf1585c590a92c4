-- Numerators and denominators add up over records of a scope and month; ratios never do: they are taken after the sum.
with windows as (
    select * from {{ ref('int_lag__turnover_window') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        windows.month_start_date,
        windows.last_day_date,
        windows.is_month_closed,
        max(windows.window_day_count) as window_day_count,
        max(windows.known_day_count) as known_day_count,
        case when count(distinct windows.avg_method_used) = 1 then min(windows.avg_method_used) else 'mixed' end
            as avg_method_used,
        cast(sum(windows.turnover_numerator_value) as decimal(24, 4)) as turnover_numerator_amount,
        cast(sum(windows.turnover_denominator_value) as decimal(24, 4)) as avg_inventory_amount,
        cast(sum(windows.closing_amount) as decimal(24, 4)) as closing_amount,
        cast(sum(windows.cogs_90_amount) as decimal(24, 4)) as cogs_90_amount,
        cast(sum(windows.cogs_91_amount) as decimal(24, 4)) as cogs_91_amount,
        cast(sum(windows.qty_days) as decimal(24, 4)) as qty_days,
        cast(sum(windows.known_cost_qty_days) as decimal(24, 4)) as known_cost_qty_days,
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
    {{ policy_as_of(
        ['min_cost_coverage', 'avg_inventory_min_coverage'], over='summed', as_of='last_day_date'
    ) }}
),

measured as (
    select
        summed.*,
        scope_policy.min_cost_coverage,
        scope_policy.avg_inventory_min_coverage * summed.window_day_count as needed_day_count,
        {{ divide('summed.known_cost_qty_days', 'summed.qty_days') }} as cost_coverage_ratio
    from summed
    inner join scope_policy using (last_day_date)
),

judged as (
    select
        *,
        {{ kpi_turnover_reason(
            'turnover_numerator_amount', 'avg_inventory_amount', 'known_day_count', 'needed_day_count',
            'is_month_closed'
        ) }} as turnover_reason,
        {{ kpi_turnover_ratio('turnover_numerator_amount', 'avg_inventory_amount') }} as any_turnover_ratio
    from measured
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        avg_method_used,
        cast(window_day_count as integer) as window_day_count,
        cast(known_day_count as integer) as known_day_count,
        turnover_numerator_amount,
        avg_inventory_amount,
        case when turnover_reason is null then any_turnover_ratio end as turnover_ratio,
        turnover_reason,
        case
            when turnover_reason is null then
                {{ kpi_days_on_hand('avg_inventory_amount', 'turnover_numerator_amount', 365) }}
        end as doh_365_days,
        closing_amount,
        cogs_90_amount,
        {{ kpi_days_on_hand('closing_amount', 'cogs_90_amount', 90) }} as doh_90_days,
        {{ kpi_days_on_hand_reason('closing_amount', 'cogs_90_amount') }} as doh_90_reason,
        cogs_91_amount,
        {{ kpi_days_on_hand('closing_amount', 'cogs_91_amount', 13) }} as wos_91_weeks,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage,
        uncosted_record_count
    from judged
)

select * from final
