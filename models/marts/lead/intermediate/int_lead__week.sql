-- ISO weeks since counting began up to the cut-off's.
with count_lines as (
    select * from {{ ref('int_lead__count_line') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

began as (
    select min(week_start_date) as first_week_date
    from count_lines
),

final as (
    select distinct
        dates.week_start_date,
        cutoff.as_of_date,
        {{ week_end('dates.week_start_date') }} < cutoff.as_of_date as is_week_closed
    from dates
    cross join cutoff
    cross join began
    where dates.week_start_date >= began.first_week_date and dates.week_start_date <= cutoff.as_of_date
)

select * from final
