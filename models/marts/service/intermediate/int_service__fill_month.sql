-- Sales order lines of a month, the one they were due in, by SKU and location: sums that add up.
with order_lines as (
    select * from {{ ref('int_service__order_line_fill') }}
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        count(*) as line_count,
        count(is_filled) as judged_line_count,
        count(*) filter (where is_filled) as filled_line_count,
        cast(coalesce(sum(asked_qty) filter (where is_filled is not null), 0) as decimal(24, 4)) as asked_qty,
        cast(coalesce(sum(filled_qty) filter (where is_filled is not null), 0) as decimal(24, 4)) as filled_qty,
        cast(coalesce(sum(asked_amount) filter (where is_filled is not null), 0) as decimal(24, 6)) as asked_amount,
        cast(coalesce(sum(filled_amount) filter (where is_filled is not null), 0) as decimal(24, 6)) as filled_amount,
        count(*) filter (where is_filled is not null and asked_amount is null) as unvalued_line_count,
        count(is_otif) as otif_judged_line_count,
        count(*) filter (where is_on_time and is_otif is not null) as on_time_line_count,
        count(*) filter (where is_in_full and is_otif is not null) as in_full_line_count,
        count(*) filter (where is_otif) as otif_line_count
    from order_lines
    group by sku_id, location_id, month_start_date
)

select * from final
