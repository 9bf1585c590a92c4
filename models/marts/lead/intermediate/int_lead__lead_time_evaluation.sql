-- The days on which lead times are compared with what they were: month ends of the history, and the cut-off.
with cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

history as (
    {{ policy_as_of(['lead_time_history_months'], over='cutoff', as_of='as_of_date') }}
),

-- Days of its own: orders may go further back than the ledger, with which the calendar begins.
days as (
    {{ day_series(
        '(select ' ~ add_months('history.as_of_date', '-history.lead_time_history_months') ~ ' from history)',
        '(select history.as_of_date from history)'
    ) }}
),

evaluated as (
    select as_of_date as evaluated_date
    from cutoff

    union

    select date_day as evaluated_date
    from days
    where {{ add_days('date_day', 1) }} = date_trunc('month', {{ add_days('date_day', 1) }})
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
