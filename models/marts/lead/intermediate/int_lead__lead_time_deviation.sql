-- How many receipts a week misses, in standard deviations, less the slack that is allowed, summed from the first week
-- on.
with expected as (
    select * from {{ ref('int_lead__lead_time_expected') }}
),

chart_policy as (
    {{ policy_as_of(['lead_time_cusum_slack', 'lead_time_base_min_lines'], over='expected', as_of='week_end_date') }}
),

judged as (
    select
        expected.*,
        {{ kpi_late_deviation('expected.expected_receipt_qty', 'expected.received_count') }}
        - chart_policy.lead_time_cusum_slack as deviation
    from expected
    inner join chart_policy on expected.week_end_date = chart_policy.week_end_date
    where expected.base_count >= chart_policy.lead_time_base_min_lines
),

summed as (
    select
        *,
        sum(deviation) over (
            partition by supplier_id order by week_end_date rows between unbounded preceding and current row
        ) as running_sum
    from judged
),

final as (
    select
        supplier_id,
        week_end_date,
        received_count,
        expected_receipt_qty,
        cast(running_sum as decimal(24, 6)) as running_ratio,
        cast(running_sum - deviation as decimal(24, 6)) as running_before_ratio
    from summed
)

select * from final
