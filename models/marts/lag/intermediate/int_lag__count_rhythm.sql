-- How many days lie between two counts of each stock record: the days of policy's window, from its first event on,
-- over the days on which it was counted.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
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
        ) as first_day
    from stock_records
    inner join window_policy on stock_records.first_event_date <= window_policy.as_of_date
),

final as (
    select
        sku_id,
        location_id,
        cast(max({{ days_between('windows.first_day', 'windows.as_of_date') }}) + 1 as integer) as window_day_count,
        cast(count(distinct count_results.counted_date) filter (
            where count_results.counted_date between windows.first_day and windows.as_of_date
        ) as integer) as count_day_count
    from windows
    left join count_results using (sku_id, location_id)
    group by sku_id, location_id
)

select * from final
