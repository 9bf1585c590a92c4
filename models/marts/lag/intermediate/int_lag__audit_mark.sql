-- The counts of each record in order, each with the one after it. The first mark is the record's first day, without
-- an error; a count of that day is no news.
with counts as (
    select * from {{ ref('int_lag__audit_count') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
),

marks as (
    select
        counts.sku_id,
        counts.location_id,
        counts.counted_date as mark_date,
        counts.error_qty,
        true as is_count
    from counts
    inner join stock_records using (sku_id, location_id)
    where counts.counted_date > stock_records.first_event_date

    union all

    select
        sku_id,
        location_id,
        first_event_date as mark_date,
        cast(0 as decimal(18, 4)) as error_qty,
        false as is_count
    from stock_records
),

final as (
    select
        *,
        lead(mark_date) over (partition by sku_id, location_id order by mark_date) as next_date,
        lead(error_qty) over (partition by sku_id, location_id order by mark_date) as next_error_qty
    from marks
)

select * from final
