-- Weeks after the first day of comparison, each with the latest one before it: its base judges the week. The week of the
-- cut-off ends there.
with days as (
    select * from {{ ref('dim_date') }}
    where date_day = week_start_date
),

evaluations as (
    select * from {{ ref('int_lead__lead_time_evaluation') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        days.week_start_date,
        cast(least({{ add_days('days.week_start_date', 6) }}, cutoff.as_of_date) as date) as week_end_date,
        max(evaluations.evaluated_date) as evaluated_date
    from days
    inner join cutoff on days.week_start_date <= cutoff.as_of_date
    inner join evaluations on days.week_start_date > evaluations.evaluated_date
    group by days.week_start_date, cutoff.as_of_date
)

select * from final
