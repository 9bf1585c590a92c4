-- What shows that a record was wrong during an event: a book below nil, or a count of it that differed.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

negative_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty < 0
),

count_results as (
    select * from {{ ref('fct_count_result') }}
    where variance_qty <> 0
),

signs as (
    select
        sku_id,
        location_id,
        valid_from_date as from_date,
        valid_to_date as to_date,
        on_hand_qty as negative_qty,
        cast(null as decimal(18, 4)) as variance_qty
    from negative_runs

    union all

    select
        sku_id,
        location_id,
        counted_date as from_date,
        {{ add_days('counted_date', 1) }} as to_date,
        cast(null as decimal(18, 4)) as negative_qty,
        variance_qty
    from count_results
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        cast(min(signs.negative_qty) as decimal(18, 4)) as least_book_qty,
        cast(count(signs.variance_qty) as integer) as wrong_count_count
    from stockouts
    inner join signs
        on
            stockouts.sku_id = signs.sku_id
            and stockouts.location_id = signs.location_id
            and stockouts.stockout_start_date < signs.to_date
            and stockouts.stockout_to_date > signs.from_date
    group by stockouts.sku_id, stockouts.location_id, stockouts.stockout_start_date
)

select * from final
