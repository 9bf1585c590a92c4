-- What each count of a stock record found against its book, and since which count: all bins and lots of a day together,
-- for goods in the wrong bin are not lost. Before the first count of a record nobody knows since when.
with results as (
    select * from {{ ref('fct_count_result') }}
),

cause_words as (
    select * from {{ ref('shrink_causes') }}
),

counted as (
    select
        results.sku_id,
        results.location_id,
        results.counted_date,
        cast(sum(results.book_qty) as decimal(18, 4)) as book_qty,
        cast(sum(-results.variance_qty) as decimal(18, 4)) as shrink_qty,
        {%- for cause in shrink_causes() %}
        cast(
            coalesce(sum(-results.variance_qty) filter (where cause_words.shrink_cause = '{{ cause }}'), 0)
            as decimal(18, 4)
        ) as {{ cause }}_qty,
        {%- endfor %}
        max(results.bin_code) as bin_code
    from results
    left join cause_words on lower(trim(results.root_cause)) = cause_words.root_cause
    group by results.sku_id, results.location_id, results.counted_date
),

final as (
    select
        *,
        lag(counted_date) over (partition by sku_id, location_id order by counted_date) as previous_counted_date,
        cast(date_trunc('month', counted_date) as date) as month_start_date,
        cast(date_trunc('quarter', counted_date) as date) as quarter_start_date
    from counted
)

select * from final
