-- Between two counts the error of the books grows in a straight line: from what adjustments of the first left
-- unmended to what the second found. After the last count what is left unmended stays.
with marks as (
    select * from {{ ref('int_lag__audit_mark') }}
),

adjustments as (
    select
        sku_id,
        location_id,
        posting_date,
        sum(movement_qty) as adjusted_qty
    from {{ ref('fct_stock_movement') }}
    where movement_type = 'adjustment'
    group by sku_id, location_id, posting_date
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

mended as (
    select
        marks.sku_id,
        marks.location_id,
        marks.mark_date,
        sum(adjustments.adjusted_qty) as adjusted_qty
    from marks
    inner join adjustments
        on
            marks.sku_id = adjustments.sku_id
            and marks.location_id = adjustments.location_id
            and marks.mark_date <= adjustments.posting_date
            and coalesce(marks.next_date > adjustments.posting_date, true)
    where marks.is_count
    group by marks.sku_id, marks.location_id, marks.mark_date
),

final as (
    select
        marks.sku_id,
        marks.location_id,
        marks.mark_date as valid_from_date,
        coalesce(marks.next_date, {{ add_days('cutoff.as_of_date', 1) }}) as valid_to_date,
        {%- set left_qty = 'marks.error_qty - coalesce(mended.adjusted_qty, 0)' %}
        cast({{ left_qty }} as decimal(18, 4)) as start_error_qty,
        cast(coalesce(marks.next_error_qty, {{ left_qty }}) as decimal(18, 4)) as end_error_qty
    from marks
    cross join cutoff
    left join mended using (sku_id, location_id, mark_date)
    where marks.mark_date <= cutoff.as_of_date
)

select * from final
