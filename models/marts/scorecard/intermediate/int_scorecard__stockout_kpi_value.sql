-- KPIs of stock-outs in the shape of the scorecard, one branch per registry row.
with frequencies as (
    select * from {{ ref('kpi_stockout_frequency') }}
    where is_month_closed
),

{% set period = ['month_start_date', 'last_day_date'] %}

final as (
    {{ kpi_value_branch(
        'stockout_day_ratio', 'frequencies', 'oos_day_count', 'active_day_count', 'stockout_day_ratio',
        'stockout_day_reason', period
    ) }}

    union all

    {{ kpi_value_branch(
        'stockout_unknown_ratio', 'frequencies', 'unknown_event_count', 'begun_event_count', 'unknown_cause_ratio',
        'unknown_cause_reason', period
    ) }}
)

select * from final
