-- CUSUM of missing receipts over the last weeks of policy, and since when it signals.
with deviations as (
    select * from {{ ref('int_lead__lead_time_deviation') }}
),

chart_policy as (
    {{ policy_as_of(['lead_time_cusum_limit', 'lead_time_chart_weeks'], over='deviations', as_of='week_end_date') }}
),

charted as (
    select
        deviations.supplier_id,
        deviations.week_end_date,
        deviations.received_count,
        deviations.expected_receipt_qty,
        chart_policy.lead_time_cusum_limit,
        {{ kpi_cusum('deviations.running_ratio', 'min(earlier.running_before_ratio)') }} as cusum_ratio
    from deviations
    inner join chart_policy on deviations.week_end_date = chart_policy.week_end_date
    inner join deviations as earlier
        on
            deviations.supplier_id = earlier.supplier_id
            and deviations.week_end_date >= earlier.week_end_date
            and {{ days_between('earlier.week_end_date', 'deviations.week_end_date') }}
            < 7 * chart_policy.lead_time_chart_weeks
    group by
        deviations.supplier_id, deviations.week_end_date, deviations.received_count, deviations.expected_receipt_qty,
        deviations.running_ratio, chart_policy.lead_time_cusum_limit
),

signalled as (
    select
        *,
        cusum_ratio > lead_time_cusum_limit as is_level_signal,
        max(case when cusum_ratio <= lead_time_cusum_limit then week_end_date end) over (
            partition by supplier_id order by week_end_date rows between unbounded preceding and current row
        ) as quiet_date
    from charted
),

final as (
    select
        supplier_id,
        week_end_date,
        received_count,
        expected_receipt_qty,
        cast(cusum_ratio as decimal(24, 6)) as cusum_ratio,
        is_level_signal,
        case
            when is_level_signal
                then min(week_end_date) over (partition by supplier_id, quiet_date, is_level_signal)
        end as level_since_date
    from signalled
)

select * from final
