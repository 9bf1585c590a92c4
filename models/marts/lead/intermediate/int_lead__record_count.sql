-- Counted records of a day: the lines of all bins and lots together, those by plan apart from those of a doubt.
with count_lines as (
    select * from {{ ref('int_lead__count_line') }}
),

final as (
    select
        sku_id,
        location_id,
        abc_class,
        week_start_date,
        counted_date,
        is_representative,
        cast(sum(book_qty) as decimal(18, 4)) as book_qty,
        cast(sum(counted_qty) as decimal(18, 4)) as counted_qty,
        max(tolerance_ratio) as tolerance_ratio,
        max(unit_cost_amount) as unit_cost_amount,
        count(*) filter (where bin_code <> '-') as bin_count,
        count(*) filter (where bin_code <> '-' and is_hit) as bin_hit_count,
        count(*) as result_count,
        count(*) filter (where line_count > 1) as recounted_count,
        count(*) filter (where is_recount_agreed) as recount_agreed_count
    from count_lines
    group by sku_id, location_id, abc_class, week_start_date, counted_date, is_representative
)

select * from final
