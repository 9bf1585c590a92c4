-- Months that are over at the cut-off.
with dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select distinct
        dates.month_start_date,
        cutoff.as_of_date
    from dates
    inner join cutoff on dates.month_end_date <= cutoff.as_of_date
)

select * from final
