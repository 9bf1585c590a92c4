-- Order lines of a supplier by the day they were promised for: sums, so that a window of any month adds days up.
with supplier_lines as (
    select * from {{ ref('int_lag__supplier_line') }}
),

final as (
    select
        supplier_id,
        planned_date,
        count(*) as due_line_count,
        count(*) filter (where is_otif) as otif_line_count,
        count(rejected_ratio) as received_line_count,
        cast(coalesce(sum(rejected_ratio), 0) as decimal(18, 6)) as rejected_lines_ratio,
        count(qty_error_ratio) as measured_line_count,
        cast(coalesce(sum(qty_error_ratio), 0) as decimal(18, 6)) as wrong_lines_ratio,
        count(*) filter (where ordered_amount is null) as unvalued_line_count,
        cast(coalesce(sum(ordered_amount), 0) as decimal(24, 4)) as due_amount,
        cast(coalesce(sum(ordered_amount) filter (where is_otif), 0) as decimal(24, 4)) as otif_amount,
        cast(coalesce(sum(ordered_amount) filter (where is_single_source), 0) as decimal(24, 4))
            as single_source_amount
    from supplier_lines
    group by supplier_id, planned_date
)

select * from final
