-- Days that the stock of each scope and month's end lasts under the demand expected after it.
with steps as (
    select * from {{ ref('int_lag__forward_step') }}
),

held as (
    select * from {{ ref('int_lag__turnover_scope') }}
),

final as (
    select
        steps.scope_type,
        steps.scope_id,
        steps.month_start_date,
        case when min(steps.least_source) = max(steps.greatest_source) then min(steps.least_source) else 'mixed' end
            as forward_source,
        min({{ kpi_rundown_days(
            'held.closing_amount', 'steps.used_amount', 'steps.daily_amount', 'steps.from_day_count', 'steps.until_day_count'
        ) }}) as doh_forward_days,
        min({{ kpi_rundown_days(
            'held.closing_qty', 'steps.used_qty', 'steps.daily_qty', 'steps.from_day_count', 'steps.until_day_count'
        ) }}) as doh_forward_unit_days
    from steps
    inner join held using (scope_type, scope_id, month_start_date)
    group by steps.scope_type, steps.scope_id, steps.month_start_date
)

select * from final
