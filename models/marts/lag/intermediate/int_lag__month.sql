-- The months the lag indicators speak of, up to the cut-off; the last one may still be open.
with dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        dates.month_start_date,
        least(max(dates.month_end_date), max(cutoff.as_of_date)) as last_day_date,
        max(dates.month_end_date) <= max(cutoff.as_of_date) as is_month_closed
    from dates
    inner join cutoff on dates.date_day <= cutoff.as_of_date
    group by dates.month_start_date
)

select * from final
