-- Each count of a record beside the one before it: how much had gone wrong in how many days, at the cost of the
-- cut-off. Results of one day are one count: goods in the wrong bin leave the record right.
with count_results as (
    select * from {{ ref('fct_count_result') }}
),

records as (
    select * from {{ ref('fct_stock_record') }}
),

record_counts as (
    select
        sku_id,
        location_id,
        counted_date,
        sum(variance_qty) as variance_qty,
        lag(counted_date) over (partition by sku_id, location_id order by counted_date) as previous_counted_date
    from count_results
    group by sku_id, location_id, counted_date
),

windowed as (
    select
        record_counts.*,
        records.as_of_date,
        records.abc_class,
        records.unit_cost_amount
    from record_counts
    inner join records using (sku_id, location_id)
),

count_policy as (
    {{ policy_as_of(
        ['count_window_days', 'count_decay_exponent'],
        over='windowed', as_of='as_of_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

dated as (
    select
        windowed.*,
        count_policy.count_decay_exponent,
        cast({{ days_between('windowed.previous_counted_date', 'windowed.counted_date') }} as integer)
            as elapsed_day_count
    from windowed
    inner join count_policy using (as_of_date, abc_class, location_id)
    where windowed.counted_date > {{ add_days('windowed.as_of_date', '-count_policy.count_window_days') }}
),

final as (
    select
        sku_id,
        location_id,
        abc_class,
        counted_date,
        previous_counted_date,
        elapsed_day_count,
        cast(variance_qty as decimal(18, 4)) as variance_qty,
        {{ product('abs(cast(variance_qty as decimal(18, 4)))', 'unit_cost_amount', 4) }} as error_amount,
        {{ kpi_decay_days('elapsed_day_count', 'count_decay_exponent') }} as decay_days
    from dated
)

select * from final
