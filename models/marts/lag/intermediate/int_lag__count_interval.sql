-- How many days lie between two counts of each stock record: the days of policy's window, from its first event on, over the
-- days on which it was counted.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
),

count_results as (
    select * from {{ ref('fct_count_result') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

window_policy as (
    {{ policy_as_of(['class_count_window_days'], over='cutoff', as_of='as_of_date') }}
),

windows as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        window_policy.as_of_date,
        greatest(
            stock_records.first_event_date,
            {{ add_days('window_policy.as_of_date', '1 - window_policy.class_count_window_days') }}
        ) as window_start_date
    from stock_records
    inner join window_policy on stock_records.first_event_date <= window_policy.as_of_date
),

final as (
    select
        windows.sku_id,
        windows.location_id,
        cast({{ days_between('windows.window_start_date', 'windows.as_of_date') }} + 1 as integer) as window_day_count,
        cast(count(distinct count_results.counted_date) as integer) as count_day_count
    from windows
    left join count_results
        on
            windows.sku_id = count_results.sku_id
            and windows.location_id = count_results.location_id
            and windows.window_start_date <= count_results.counted_date
            and windows.as_of_date >= count_results.counted_date
    group by windows.sku_id, windows.location_id, windows.window_start_date, windows.as_of_date
)

select * from final
