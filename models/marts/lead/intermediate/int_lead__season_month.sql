-- The calendar months of the season's window, when the ledger of the division knows all of it.
with days as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select
        as_of_date,
        cast(date_trunc('month', as_of_date) as date) as month_start_date
    from {{ ref('dim_cutoff') }}
),

season_policy as (
    {{ policy_as_of(['season_window_months'], over='cutoff', as_of='month_start_date') }}
),

windows as (
    select
        month_start_date as until_date,
        {{ add_months('month_start_date', '-season_window_months') }} as from_date
    from season_policy
),

final as (
    select
        cast(extract(month from days.date_day) as integer) as month_number,
        windows.from_date,
        windows.until_date,
        cast(count(*) as integer) as day_count
    from days
    inner join windows on days.date_day >= windows.from_date and days.date_day < windows.until_date
    group by extract(month from days.date_day), windows.from_date, windows.until_date
)

select * from final
