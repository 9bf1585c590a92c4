-- Weeks after the first day of comparison, each with the latest one before it: its base judges the week. The week of
-- the cut-off ends there.
with evaluations as (
    select * from {{ ref('int_lead__lead_time_evaluation') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

days as (
    {{ day_series(
        '(select min(evaluations.evaluated_date) from evaluations)', '(select cutoff.as_of_date from cutoff)'
    ) }}
),

final as (
    select
        days.date_day as week_start_date,
        cast(least({{ add_days('days.date_day', 6) }}, cutoff.as_of_date) as date) as week_end_date,
        max(evaluations.evaluated_date) as evaluated_date
    from days
    inner join cutoff on days.date_day <= cutoff.as_of_date
    inner join evaluations on days.date_day > evaluations.evaluated_date
    where days.date_day = date_trunc('week', days.date_day)
    group by days.date_day, cutoff.as_of_date
)

select * from final
