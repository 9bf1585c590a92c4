-- Each alert of a forecast bias once: from the month in which it was first seen to the one in which it was gone.
with biases as (
    select * from {{ ref('kpi_forecast_bias') }}
    where forecast_origin = 'planner'
),

latest as (
    select max(month_start_date) as latest_month_date from biases
),

alerts as (
    select
        *,
        case when bias_reason = 'over_no_demand' then bias_reason else bias_direction || '_forecast' end as rule_id
    from biases
    where is_alert
),

begun as (
    select
        *,
        case
            when {{ add_months('month_start_date', -1) }} = lag(month_start_date) over in_order then 0
            else 1
        end as is_first
    from alerts
    window in_order as (partition by scope_type, scope_id, rule_id order by month_start_date)
),

runs as (
    select
        *,
        sum(is_first) over (
            partition by scope_type, scope_id, rule_id order by month_start_date
            rows between unbounded preceding and current row
        ) as run_number
    from begun
),

summed as (
    select
        scope_type,
        scope_id,
        rule_id,
        min(last_day_date) as first_seen_date,
        max(last_day_date) as last_seen_date,
        max(month_start_date) as last_month_date,
        cast(count(*) as integer) as month_count,
        max(case when bias_severity = 'RED' then 1 else 0 end) as is_red,
        {{ value_at_max('bias_ratio', 'month_start_date') }} as bias_ratio,
        {{ value_at_max('forecast_qty', 'month_start_date') }} as forecast_qty,
        {{ value_at_max('demand_qty', 'month_start_date') }} as demand_qty,
        {{ value_at_max('censored_share_ratio', 'month_start_date') }} as censored_share_ratio
    from runs
    group by scope_type, scope_id, rule_id, run_number
),

final as (
    select
        summed.scope_type,
        summed.scope_id,
        summed.rule_id,
        summed.first_seen_date,
        summed.last_seen_date,
        case
            when summed.last_month_date < latest.latest_month_date
                then {{ add_days(add_months('summed.last_month_date', 2), -1) }}
        end as resolved_date,
        summed.month_count,
        case when summed.is_red = 1 then 'RED' else 'AMBER' end as bias_severity,
        summed.bias_ratio,
        summed.forecast_qty,
        summed.demand_qty,
        summed.censored_share_ratio
    from summed
    cross join latest
)

select * from final
