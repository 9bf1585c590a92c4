-- Days out of stock as runs that do not overlap, each with the first day of the event it belongs to: runs with no more
-- than policy oos_merge_gap days of stock between them are one event. Only days on which the goods were on sale.
with empty_runs as (
    select * from {{ ref('int_lag__empty_run') }}
),

phantom_runs as (
    select * from {{ ref('int_lag__phantom_run') }}
),

active_records as (
    select * from {{ ref('int_lag__active_record') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

gap_policy as (
    {{ policy_as_of(['oos_merge_gap'], over='cutoff', as_of='as_of_date') }}
),

runs as (
    {%- for run_type, rows in {'book': 'empty_runs', 'effective': 'phantom_runs'}.items() %}
    select
        sku_id,
        location_id,
        '{{ run_type }}' as run_type,
        empty_from_date,
        empty_to_date
    from {{ rows }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

cut as (
    select
        runs.sku_id,
        runs.location_id,
        runs.run_type,
        greatest(runs.empty_from_date, active_records.active_from_date) as empty_from_date,
        least(runs.empty_to_date, active_records.active_to_date) as empty_to_date
    from runs
    inner join active_records using (sku_id, location_id)
),

reached as (
    select
        *,
        max(empty_to_date) over (
            partition by sku_id, location_id order by empty_from_date, empty_to_date, run_type
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from cut
    where empty_from_date < empty_to_date
),

begun as (
    select
        reached.*,
        case
            when
                coalesce({{ days_between('reached.reached_date', 'reached.empty_from_date') }}, gap_policy.oos_merge_gap + 1)
                > gap_policy.oos_merge_gap
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
