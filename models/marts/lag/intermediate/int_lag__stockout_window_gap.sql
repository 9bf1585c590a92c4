-- Days of the window before an event that were out of stock themselves, by weekday.
with windows as (
    select * from {{ ref('int_lag__stockout_start') }}
),

runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

weekdays as (
    select distinct iso_weekday
    from {{ ref('dim_date') }}
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        windows.stockout_start_date,
        weekdays.iso_weekday,
        cast(sum({{ weekday_count(
            'greatest(runs.empty_from_date, windows.window_start_date)', 'runs.empty_to_date', 'weekdays.iso_weekday'
        ) }}) as integer) as oos_day_count
    from windows
    inner join runs
        on
            windows.sku_id = runs.sku_id
            and windows.location_id = runs.location_id
            and windows.stockout_start_date > runs.stockout_start_date
            and windows.window_start_date < runs.empty_to_date
    cross join weekdays
    group by windows.sku_id, windows.location_id, windows.stockout_start_date, weekdays.iso_weekday
)

select * from final
