{%- set week_start_date = "cast(date_trunc('week', date_day) as date)" -%}
with cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- The ledger itself and not its legs: two days of it are wanted.
movements as (
    select * from {{ ref('stg_unified__movement') }}
),

-- By itself, so that it is looked up in the table's statistics and not in its rows.
earliest as (
    select min(posting_date) as posting_date
    from movements
),

bounds as (
    select
        coalesce(cast(date_trunc('month', min(earliest.posting_date)) as date), max(cutoff.as_of_date)) as first_day,
        cast(date_trunc('month', max(cutoff.as_of_date)) + interval 13 month - interval 1 day as date) as last_day
    from cutoff
    left join earliest on cutoff.as_of_date >= earliest.posting_date
),

days as (
    {{ day_series('(select bounds.first_day from bounds)', '(select bounds.last_day from bounds)') }}
),

final as (
    select
        date_day,
        cast(date_trunc('month', date_day) as date) as month_start_date,
        cast(last_day(date_day) as date) as month_end_date,
        cast(date_trunc('quarter', date_day) as date) as quarter_start_date,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(year from {{ add_days(week_start_date, 3) }}) as integer) as iso_year,
        cast(extract(week from date_day) as integer) as iso_week,
        {{ week_start_date }} as week_start_date,
        cast({{ days_between(week_start_date, 'date_day') }} + 1 as integer) as iso_weekday,
        date_day = last_day(date_day) as is_month_end
    from days
)

select * from final
