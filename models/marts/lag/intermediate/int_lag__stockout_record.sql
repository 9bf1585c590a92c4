-- What shows that a record was wrong during an event.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

signs as (
    select * from {{ ref('int_lag__record_sign') }}
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        min(signs.least_book_qty) as least_book_qty,
        cast(sum(signs.wrong_count_count) as integer) as wrong_count_count
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
