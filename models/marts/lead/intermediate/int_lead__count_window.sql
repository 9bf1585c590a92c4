-- Counts of a class at a site over the weeks of the trend that end with each week, and the sums that give its slope.
-- x is the week before the last, counted down from 0; y is 1 for a count that found the record right, else 0.
with frame as (
    select * from {{ ref('int_lead__count_frame') }}
),

count_weeks as (
    select * from {{ ref('int_lead__count_week') }}
),

trend_policy as (
    {{ policy_as_of(
        ['count_trend_weeks', 'count_trend_min_counts'],
        over='frame', as_of='week_start_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

placed as (
    select
        frame.location_id,
        frame.abc_class,
        frame.week_start_date,
        trend_policy.count_trend_min_counts,
        count_weeks.count_count,
        count_weeks.hit_count,
        count_weeks.bin_count,
        count_weeks.bin_hit_count,
        count_weeks.book_amount,
        count_weeks.gross_variance_amount,
        {{ weeks_between('frame.week_start_date', 'count_weeks.week_start_date') }} as x
    from frame
    inner join trend_policy using (week_start_date, abc_class, location_id)
    left join count_weeks
        on
            frame.location_id = count_weeks.location_id
            and frame.abc_class = count_weeks.abc_class
            and frame.week_start_date >= count_weeks.week_start_date
            and count_weeks.week_start_date
            > {{ add_weeks('frame.week_start_date', '-trend_policy.count_trend_weeks') }}
),

final as (
    select
        location_id,
        abc_class,
        week_start_date,
        cast(max(count_trend_min_counts) as integer) as min_count_count,
        cast(coalesce(sum(count_count), 0) as bigint) as count_count,
        cast(coalesce(sum(hit_count), 0) as bigint) as hit_count,
        cast(coalesce(sum(bin_count), 0) as bigint) as bin_count,
        cast(coalesce(sum(bin_hit_count), 0) as bigint) as bin_hit_count,
        cast(coalesce(sum(book_amount), 0) as decimal(24, 4)) as book_amount,
        cast(coalesce(sum(gross_variance_amount), 0) as decimal(24, 4)) as gross_variance_amount,
        {{ kpi_count_trend_slope(
            'sum(count_count)', 'sum(x * count_count)', 'sum(hit_count)', 'sum(x * x * count_count)', 'sum(x * hit_count)'
        ) }} as weekly_slope_rate
    from placed
    group by location_id, abc_class, week_start_date
)

select * from final
