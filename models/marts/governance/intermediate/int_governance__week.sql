-- The ISO weeks that are over: the last known day lies after their Sunday.
with dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        dates.week_start_date,
        dates.date_day as week_end_date,
        dates.month_start_date
    from dates
    inner join cutoff on dates.date_day < cutoff.as_of_date
    where dates.date_day = {{ add_days('dates.week_start_date', 6) }}
)

select * from final
