-- Days out of stock as runs that do not overlap, each with the first day of the event it belongs to: runs with no more
-- than policy oos_merge_gap days of stock between them are one event.
with pieces as (
    select * from {{ ref('int_lag__empty_piece') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

gap_policy as (
    {{ policy_as_of(['oos_merge_gap'], over='cutoff', as_of='as_of_date') }}
),

reached as (
    select
        *,
        max(empty_to_date) over (
            partition by sku_id, location_id order by empty_from_date, empty_to_date, run_type
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from pieces
),

begun as (
    select
        reached.*,
        case
            when reached.reached_date is null then reached.empty_from_date
            when {{ days_between('reached.reached_date', 'reached.empty_from_date') }} > gap_policy.oos_merge_gap
                then reached.empty_from_date
        end as begun_date
    from reached
    cross join gap_policy
),

final as (
    select
        sku_id,
        location_id,
        max(begun_date) over (
            partition by sku_id, location_id order by empty_from_date, empty_to_date, run_type
            rows between unbounded preceding and current row
        ) as stockout_start_date,
        run_type,
        greatest(empty_from_date, coalesce(reached_date, empty_from_date)) as empty_from_date,
        empty_to_date
    from begun
    where empty_to_date > coalesce(reached_date, empty_from_date)
)

select * from final
