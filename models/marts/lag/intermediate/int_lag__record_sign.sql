-- What shows on which days that a record was wrong: a book below nil, within a day as well, or counts that differed.
with negative_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty < 0
),

count_results as (
    select * from {{ ref('fct_count_result') }}
    where variance_qty <> 0
),

final as (
    select
        sku_id,
        location_id,
        valid_from_date as from_date,
        max(greatest(valid_to_date, {{ add_days('valid_from_date', 1) }})) as to_date,
        min(on_hand_qty) as least_book_qty,
        0 as wrong_count_count,
        'negative' as sign_type
    from negative_runs
    group by sku_id, location_id, valid_from_date

    union all

    select
        sku_id,
        location_id,
        counted_date as from_date,
        max({{ add_days('counted_date', 1) }}) as to_date,
        cast(null as decimal(18, 4)) as least_book_qty,
        cast(count(*) as integer) as wrong_count_count,
        'count' as sign_type
    from count_results
    group by sku_id, location_id, counted_date
)

select * from final
