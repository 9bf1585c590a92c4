-- What says of a record that its shelf is empty, whatever the book shows: an order line that found no goods, a count of
-- the whole record that found none, a phantom flag of the last cut-off (which speaks of the whole of the last run).
with order_lines as (
    select * from {{ ref('fct_sales_order_line') }}
    where cancel_reason = 'no_stock'
),

count_results as (
    select * from {{ ref('fct_count_result') }}
    where bin_code = '-' and coalesce(lot_code, '-') = '-' and counted_qty <= 0
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
    where rule_id in ('DQ-P1', 'DQ-P3')
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    {%- for mark_type, moment in {'order_line': 'ordered', 'count_result': 'counted'}.items() %}
    select distinct
        sku_id,
        location_id,
        '{{ mark_type }}' as mark_type,
        {{ moment }}_at as marked_at,
        {{ moment }}_date as marked_date
    from {{ mark_type }}s

    union all
    {% endfor %}
    select distinct
        flags.sku_id,
        flags.location_id,
        'flag' as mark_type,
        cutoff.as_of_at as marked_at,
        cast(null as date) as marked_date
    from flags
    cross join cutoff
)

select * from final
