-- What a count came to. A recount speaks for the line it repeats, by the book of that line: its own may be adjusted.
with counts as (
    select
        *,
        coalesce(recounted_cycle_count_id, cycle_count_id) as first_cycle_count_id
    from {{ ref('fct_cycle_count') }}
),

ranked as (
    select
        *,
        first_value(book_qty) over result_lines as first_book_qty,
        first_value(counted_qty) over result_lines as first_counted_qty,
        {{ last_known('root_cause') }} over result_lines as known_root_cause,
        first_value(count_trigger) over (partition by first_cycle_count_id order by counted_at, cycle_count_id)
            as first_count_trigger,
        count(*) over (partition by first_cycle_count_id, counted_date) as line_count,
        row_number() over (
            partition by first_cycle_count_id, counted_date order by counted_at desc, cycle_count_id desc
        ) as recency_rank
    from counts
    window result_lines as (partition by first_cycle_count_id, counted_date order by counted_at, cycle_count_id)
),

final as (
    select
        first_cycle_count_id,
        sku_id,
        location_id,
        bin_code,
        lot_code,
        counted_date,
        counted_at,
        coalesce(first_count_trigger, '-') as count_trigger,
        coalesce(first_count_trigger in ('scheduled', 'random'), false) as is_representative,
        first_book_qty as book_qty,
        counted_qty,
        cast(counted_qty - first_book_qty as decimal(18, 4)) as variance_qty,
        cast(line_count as integer) as line_count,
        case when line_count > 1 then counted_qty = first_counted_qty end as is_recount_agreed,
        known_root_cause as root_cause
    from ranked
    where recency_rank = 1
)

select * from final
