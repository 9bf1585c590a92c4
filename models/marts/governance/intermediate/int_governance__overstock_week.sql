-- The measure days_on_hand, judged week by week: over the target by more than the tolerance is a breach.
with stock_weeks as (
    select * from {{ ref('int_governance__stock_week') }}
),

scopes as (
    select * from {{ ref('int_governance__escalation_scope') }}
    where measure_id = 'days_on_hand'
),

-- A record whose stock has a value and whose sales have none, or the other way round, speaks on neither side.
summed as (
    select
        scopes.measure_id,
        scopes.scope_type,
        scopes.scope_id,
        scopes.scope_location,
        scopes.scope_category,
        scopes.scope_location || '|' || scopes.scope_category as scope_segment,
        stock_weeks.week_start_date,
        stock_weeks.week_end_date,
        sum(stock_weeks.closing_qty) as closing_qty,
        sum(stock_weeks.closing_amount) filter (where stock_weeks.cogs_91_amount is not null) as closing_amount,
        sum(stock_weeks.cogs_91_amount) filter (
            where stock_weeks.closing_amount is not null or stock_weeks.cogs_91_amount = 0
        ) as cogs_91_amount
    from stock_weeks
    inner join scopes
        on
            stock_weeks.sku_id = scopes.sku_id
            and stock_weeks.location_id = scopes.location_id
    group by
        scopes.measure_id,
        scopes.scope_type,
        scopes.scope_id,
        scopes.scope_location,
        scopes.scope_category,
        stock_weeks.week_start_date,
        stock_weeks.week_end_date
),

week_policy as (
    {{ policy_as_of(
        ['days_on_hand_target', 'overstock_tolerance_ratio'], over='summed', as_of='week_end_date',
        scopes={
            'location': 'scope_location', 'category': 'scope_category', 'location_category': 'scope_segment'
        }
    ) }}
),

measured as (
    select
        summed.*,
        week_policy.days_on_hand_target,
        week_policy.overstock_tolerance_ratio,
        {{ kpi_overstock_reason(
            'summed.closing_qty', 'summed.closing_amount', 'summed.cogs_91_amount', 'week_policy.days_on_hand_target'
        ) }} as reason_code,
        {{ kpi_days_on_hand('summed.closing_amount', 'summed.cogs_91_amount', 91) }} as doh_days
    from summed
    inner join week_policy using (week_end_date, scope_location, scope_category, scope_segment)
),

judged as (
    select
        *,
        {{ kpi_overstock_is_breach('reason_code', 'doh_days', 'days_on_hand_target', 'overstock_tolerance_ratio') }}
            as is_breach
    from measured
),

final as (
    select
        measure_id,
        scope_type,
        scope_id,
        scope_location,
        week_start_date,
        week_end_date,
        case when reason_code is null then doh_days end as measure_value,
        cast(days_on_hand_target as decimal(24, 6)) as target_value,
        is_breach,
        reason_code,
        case
            when is_breach then {{ kpi_excess_amount('closing_amount', 'cogs_91_amount', 'days_on_hand_target', 91) }}
        end as excess_amount
    from judged
)

select * from final
