-- A site that sends no more closes by the calendar of the days it had; a day is closed once it is so at every site.
with close_days as (
    select * from {{ ref('stg_unified__close_day') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        cutoff.as_of_date,
        coalesce(
            {{ add_days('min(close_days.event_date) filter (where close_days.closes_on_date >= cutoff.as_of_date)', -1) }},
            max(close_days.event_date)
        ) as closed_until_date
    from cutoff
    left join close_days on cutoff.as_of_date >= close_days.event_date
    group by cutoff.as_of_date
)

select * from final
