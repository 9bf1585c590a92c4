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
        {%- for measure, days in {'amount': 'doh_forward_days', 'qty': 'doh_forward_unit_days'}.items() %}
        min(
            {{ kpi_rundown_days(
                'held.closing_' ~ measure, 'steps.used_' ~ measure, 'steps.daily_' ~ measure,
                'steps.from_day_count', 'steps.until_day_count'
            ) }}
        ) as {{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
    from steps
    inner join held using (scope_type, scope_id, month_start_date)
    group by steps.scope_type, steps.scope_id, steps.month_start_date
)

select * from final
