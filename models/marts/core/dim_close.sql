-- A site that sends no more closes by the calendar of the days it had; a day is closed once it is so at every site.
with close_days as (
    select * from {{ ref('stg_unified__close_day') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

bounds as (
    select
        cutoff.as_of_date,
        min(close_days.event_date) filter (where close_days.closes_on_date >= cutoff.as_of_date) as first_open_date,
        max(close_days.event_date) as last_date
    from cutoff
    left join close_days on cutoff.as_of_date >= close_days.event_date
    group by cutoff.as_of_date
),

final as (
    select
        as_of_date,
        coalesce({{ add_days('first_open_date', -1) }}, last_date) as closed_until_date
    from bounds
)

select * from final
