-- Between two counts the error of the books grows in a straight line: from what the first left unmended to what the second
-- found. Before the first count it begins with nil on the record's first day; after the last one what is left unmended stays.
with counts as (
    select * from {{ ref('int_lag__audit_count') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
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

marks as (
    select
        counts.sku_id,
        counts.location_id,
        counts.counted_date as mark_date,
        counts.error_qty,
        true as is_count
    from counts
    inner join stock_records
        on
            counts.sku_id = stock_records.sku_id
            and counts.location_id = stock_records.location_id
            and counts.counted_date > stock_records.first_event_date

    union all

    select
        sku_id,
        location_id,
        first_event_date as mark_date,
        cast(0 as decimal(18, 4)) as error_qty,
        false as is_count
    from stock_records
),

spans as (
    select
        *,
        lead(mark_date) over record_marks as next_date,
        lead(error_qty) over record_marks as next_error_qty
    from marks
    window record_marks as (partition by sku_id, location_id order by mark_date)
),

mended as (
    select
        spans.sku_id,
        spans.location_id,
        spans.mark_date,
        coalesce(sum(adjustments.adjusted_qty), 0) as adjusted_qty
    from spans
    inner join adjustments
        on
            spans.sku_id = adjustments.sku_id
            and spans.location_id = adjustments.location_id
            and spans.mark_date <= adjustments.posting_date
            and coalesce(spans.next_date > adjustments.posting_date, true)
    where spans.is_count
    group by spans.sku_id, spans.location_id, spans.mark_date
),

final as (
    select
        spans.sku_id,
        spans.location_id,
        spans.mark_date as valid_from_date,
        coalesce(spans.next_date, {{ add_days('cutoff.as_of_date', 1) }}) as valid_to_date,
        spans.next_date is not null as is_counted,
        cast(spans.error_qty - coalesce(mended.adjusted_qty, 0) as decimal(18, 4)) as start_error_qty,
        cast(coalesce(spans.next_error_qty, spans.error_qty - coalesce(mended.adjusted_qty, 0)) as decimal(18, 4))
            as end_error_qty
    from spans
    cross join cutoff
    left join mended
        on
            spans.sku_id = mended.sku_id
            and spans.location_id = mended.location_id
            and spans.mark_date = mended.mark_date
    where spans.mark_date <= cutoff.as_of_date
)

select * from final
