-- The days on which lead times are compared with what they were: month ends of the history, and the cut-off.
with cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

days as (
    select * from {{ ref('dim_date') }}
    where date_day = month_start_date
),

history as (
    {{ policy_as_of(['lead_time_history_months'], over='cutoff', as_of='as_of_date') }}
),

evaluated as (
    select as_of_date as evaluated_date
    from cutoff

    union

    select {{ add_days('days.month_start_date', -1) }} as evaluated_date
    from days
    inner join history
        on
            days.month_start_date <= history.as_of_date
            and days.month_start_date > {{ add_months('history.as_of_date', '-history.lead_time_history_months') }}
),

windows as (
    {{ policy_as_of(['lead_time_recent_days', 'lead_time_base_days'], over='evaluated', as_of='evaluated_date') }}
),

final as (
    select
        windows.evaluated_date,
        windows.evaluated_date = cutoff.as_of_date as is_latest,
        {{ add_days('windows.evaluated_date', '-windows.lead_time_recent_days') }} as base_last_date,
        {{ add_days('windows.evaluated_date', '-windows.lead_time_recent_days - windows.lead_time_base_days') }}
            as base_before_date
    from windows
    cross join cutoff
)

select * from final
