-- Events cut at month ends: days out of stock, what these could have sold, what they sold and what was lost.
with runs as (
    select * from {{ ref('int_lag__stockout_run') }}
),

expectations as (
    select * from {{ ref('int_lag__stockout_expectation') }}
),

served as (
    select * from {{ ref('int_lag__stockout_served_month') }}
),

months as (
    select * from {{ ref('int_lag__month') }}
),

pieces as (
    select
        runs.sku_id,
        runs.location_id,
        runs.stockout_start_date,
        months.month_start_date,
        runs.run_type,
        greatest(runs.empty_from_date, months.month_start_date) as piece_start_date,
        least(runs.empty_to_date, {{ add_days('months.last_day_date', 1) }}) as piece_end_date
    from runs
    inner join months
        on
            runs.empty_from_date <= months.last_day_date
            and runs.empty_to_date > months.month_start_date
),

counted as (
    select
        pieces.sku_id,
        pieces.location_id,
        pieces.stockout_start_date,
        pieces.month_start_date,
        expectations.iso_weekday,
        expectations.expected_daily_qty,
        sum({{ weekday_count('pieces.piece_start_date', 'pieces.piece_end_date', 'expectations.iso_weekday') }})
            as oos_day_count,
        sum(
            {{ weekday_count('pieces.piece_start_date', 'pieces.piece_end_date', 'expectations.iso_weekday') }}
        ) filter (where pieces.run_type = 'effective') as effective_day_count
    from pieces
    inner join expectations using (sku_id, location_id, stockout_start_date)
    group by
        pieces.sku_id, pieces.location_id, pieces.stockout_start_date, pieces.month_start_date,
        expectations.iso_weekday, expectations.expected_daily_qty
),

final as (
    select
        counted.sku_id,
        counted.location_id,
        counted.stockout_start_date,
        counted.month_start_date,
        cast(sum(counted.oos_day_count) as integer) as oos_day_count,
        cast(coalesce(sum(counted.effective_day_count), 0) as integer) as effective_day_count,
        cast(sum(counted.oos_day_count * counted.expected_daily_qty) as decimal(24, 4)) as expected_qty,
        cast(coalesce(sum(served.served_qty), 0) as decimal(24, 4)) as served_qty,
        cast(coalesce(sum(served.served_of_it_qty), 0) as decimal(24, 4)) as served_of_it_qty
    from counted
    left join served using (sku_id, location_id, stockout_start_date, month_start_date, iso_weekday)
    group by counted.sku_id, counted.location_id, counted.stockout_start_date, counted.month_start_date
)

select * from final
