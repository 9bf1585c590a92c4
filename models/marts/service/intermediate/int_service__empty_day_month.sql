-- Days of each closed month that a stock record ended empty, until the item's end of life, beside the days of the
-- year to the month's end that it ended with stock.
with empty_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty <= 0 and valid_from_date < valid_to_date
),

skus as (
    select * from {{ ref('dim_sku') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

dates as (
    select * from {{ ref('dim_date') }}
    where is_month_end
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

runs as (
    select
        empty_runs.sku_id,
        empty_runs.location_id,
        empty_runs.valid_from_date,
        least(empty_runs.valid_to_date, coalesce(skus.end_of_life_date, empty_runs.valid_to_date)) as valid_to_date
    from empty_runs
    inner join skus on empty_runs.sku_id = skus.sku_id
),

months as (
    select
        dates.month_start_date,
        dates.month_end_date,
        {{ add_months('dates.month_start_date', -11) }} as year_start_date
    from dates
    inner join cutoff on dates.month_end_date <= cutoff.as_of_date
),

emptied as (
    select
        runs.sku_id,
        runs.location_id,
        months.month_start_date,
        months.month_end_date,
        {%- for name, first_day in {'empty': 'month', 'year_empty': 'year'}.items() %}
        sum(greatest({{ days_between(
            'greatest(runs.valid_from_date, months.' ~ first_day ~ '_start_date)',
            'least(runs.valid_to_date, ' ~ add_days('months.month_end_date', 1) ~ ')'
        ) }}, 0)) as {{ name }}_day_count,
        {%- endfor %}
        months.year_start_date
    from runs
    inner join months
        on runs.valid_from_date <= months.month_end_date and runs.valid_to_date > months.year_start_date
    group by runs.sku_id, runs.location_id, months.month_start_date, months.month_end_date, months.year_start_date
),

final as (
    select
        emptied.sku_id,
        emptied.location_id,
        emptied.month_start_date,
        emptied.month_end_date,
        emptied.year_start_date,
        cast(emptied.empty_day_count as integer) as empty_day_count,
        cast(
            {{ days_between(
                'greatest(stock_records.first_event_date, emptied.year_start_date)',
                add_days('emptied.month_end_date', 1)
            ) }} - emptied.year_empty_day_count as integer
        ) as in_stock_day_count
    from emptied
    inner join stock_records
        on
            emptied.sku_id = stock_records.sku_id
            and emptied.location_id = stock_records.location_id
    where emptied.empty_day_count > 0
)

select * from final
