-- How right the records of a class at a site are found to be, week by week, and where that is going. Only scheduled and
-- random counts speak for the records: counts that look for errors find more than there are, and stand beside.
with frame as (
    select * from {{ ref('int_lead__count_frame') }}
),

count_weeks as (
    select * from {{ ref('int_lead__count_week') }}
),

task_weeks as (
    select * from {{ ref('int_lead__count_task_week') }}
),

windows as (
    select * from {{ ref('int_lead__count_window') }}
),

target_policy as (
    {{ policy_as_of(
        ['count_accuracy_target'],
        over='frame', as_of='week_start_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

{% set counts = [
    'count_count', 'hit_count', 'bin_count', 'bin_hit_count', 'targeted_count', 'targeted_hit_count',
    'empty_confirmed_count', 'result_count', 'recounted_count', 'recount_agreed_count', 'uncosted_count',
] %}
{% set amounts = ['book_amount', 'gross_variance_amount', 'net_variance_amount'] %}

joined as (
    select
        frame.*,
        {%- for name in counts %}
        cast(coalesce(count_weeks.{{ name }}, 0) as bigint) as {{ name }},
        {%- endfor %}
        {%- for name in amounts %}
        cast(coalesce(count_weeks.{{ name }}, 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        coalesce(task_weeks.due_task_count, 0) as due_task_count,
        coalesce(task_weeks.timely_task_count, 0) as timely_task_count,
        cast(windows.count_count as bigint) as window_count_count,
        cast(windows.hit_count as bigint) as window_hit_count,
        cast(windows.bin_count as bigint) as window_bin_count,
        cast(windows.bin_hit_count as bigint) as window_bin_hit_count,
        windows.book_amount as window_book_amount,
        windows.gross_variance_amount as window_gross_variance_amount,
        {{ kpi_count_ratio('windows.hit_count', 'windows.count_count') }} as window_accuracy_ratio,
        case when windows.count_count >= windows.min_count_count then windows.weekly_slope_rate end
            as weekly_slope_rate,
        case
            when windows.count_count = 0 then 'no_count'
            when windows.count_count < windows.min_count_count then 'insufficient'
            when windows.weekly_slope_rate is null then 'one_week'
        end as trend_reason,
        target_policy.count_accuracy_target as target_ratio
    from frame
    inner join windows using (location_id, abc_class, week_start_date)
    inner join target_policy using (location_id, abc_class, week_start_date)
    left join count_weeks using (location_id, abc_class, week_start_date)
    left join task_weeks using (location_id, abc_class, week_start_date)
),

final as (
    select
        location_id,
        abc_class,
        week_start_date,
        {{ week_end('week_start_date') }} as week_end_date,
        is_week_closed,
        {%- for name in counts + amounts %}
        {{ name }},
        {%- endfor %}
        {{ kpi_count_ratio('hit_count', 'count_count') }} as sku_accuracy_ratio,
        case when count_count = 0 then 'no_count' end as sku_accuracy_reason,
        {{ kpi_count_ratio('bin_hit_count', 'bin_count') }} as bin_accuracy_ratio,
        case when bin_count = 0 then 'no_bin_count' end as bin_accuracy_reason,
        {{ kpi_count_ratio('targeted_hit_count', 'targeted_count') }} as targeted_accuracy_ratio,
        {{ kpi_count_ratio('gross_variance_amount', 'book_amount') }} as gross_variance_ratio,
        {{ kpi_count_ratio('net_variance_amount', 'book_amount') }} as net_variance_ratio,
        {{ kpi_count_ratio('recounted_count', 'result_count') }} as recount_ratio,
        {{ kpi_count_ratio('recount_agreed_count', 'recounted_count') }} as recount_agreed_ratio,
        due_task_count,
        timely_task_count,
        {{ kpi_count_ratio('timely_task_count', 'due_task_count') }} as timely_task_ratio,
        window_count_count,
        window_hit_count,
        window_bin_count,
        window_bin_hit_count,
        window_book_amount,
        window_gross_variance_amount,
        window_accuracy_ratio,
        target_ratio,
        weekly_slope_rate,
        trend_reason,
        {{ kpi_days_to_breach('window_accuracy_ratio', 'target_ratio', 'weekly_slope_rate') }} as breach_days
    from joined
)

select * from final
