-- What the first count after a flag says of it. Only rules that suspect goods to be gone are judged by a count: what
-- the others say is a fact of the books, which no count denies.
with episodes as (
    select * from {{ ref('fct_flag_episode') }}
    where rule_id in ('DQ-P1', 'DQ-P2', 'DQ-P3')
),

counts as (
    select * from {{ ref('fct_count_result') }}
),

stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

tolerances as (
    {{ policy_as_of(
        ['ira_tolerance'], over='stock_records', as_of='as_of_date',
        scopes={'location': 'location_id', 'abc_class': 'abc_class'}
    ) }}
),

-- All bins and lots of the record that were counted that day.
count_days as (
    select
        sku_id,
        location_id,
        counted_date,
        max(counted_at) as counted_at,
        cast(sum(book_qty) as decimal(18, 4)) as book_qty,
        cast(sum(counted_qty) as decimal(18, 4)) as counted_qty
    from counts
    group by sku_id, location_id, counted_date
    having sum(book_qty) > 0
),

-- The count that puts a record right is what closes its flag, so one on the day it closed counts.
ranked as (
    select
        count_days.*,
        episodes.rule_id,
        episodes.opened_date,
        row_number() over (
            partition by episodes.sku_id, episodes.location_id, episodes.rule_id, episodes.opened_date
            order by count_days.counted_date
        ) as count_rank
    from episodes
    inner join count_days
        on
            episodes.sku_id = count_days.sku_id
            and episodes.location_id = count_days.location_id
            and episodes.opened_date < count_days.counted_date
            and (episodes.closed_date is null or episodes.closed_date >= count_days.counted_date)
),

final as (
    select
        ranked.sku_id,
        ranked.location_id,
        ranked.rule_id,
        ranked.opened_date,
        case
            when {{ kpi_is_stock_missing('ranked.book_qty', 'ranked.counted_qty', 'tolerances.ira_tolerance') }}
                then 'confirmed_phantom'
            else 'false_alarm'
        end as verdict,
        ranked.counted_at as decided_at,
        'counted ' || ranked.counted_qty || ', the book said ' || ranked.book_qty as note
    from ranked
    inner join stock_records
        on
            ranked.sku_id = stock_records.sku_id
            and ranked.location_id = stock_records.location_id
    inner join tolerances
        on
            stock_records.as_of_date = tolerances.as_of_date
            and stock_records.location_id = tolerances.location_id
            and stock_records.abc_class = tolerances.abc_class
    where ranked.count_rank = 1
)

select * from final
