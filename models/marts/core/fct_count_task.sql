-- Whether each counting task was done by its due time, as of the cut-off. What is not due yet is neither.
with tasks as (
    select * from {{ ref('stg_unified__count_task') }}
    where quarantine_rule is null
),

counts as (
    select * from {{ ref('fct_cycle_count') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        tasks.site_code || '/' || tasks.task_id as count_task_id,
        tasks.sku_id,
        tasks.location_id,
        coalesce(tasks.bin_code, '-') as bin_code,
        tasks.count_trigger,
        tasks.created_at,
        tasks.due_at,
        cast(tasks.due_at as date) as due_date,
        tasks.done_at,
        counts.cycle_count_id,
        tasks.done_at is not null as is_done,
        tasks.due_at <= cutoff.as_of_at as is_due,
        tasks.due_at < coalesce(tasks.done_at, cutoff.as_of_at) as is_late,
        cast(
            greatest({{ days_between(
                'cast(tasks.due_at as date)', 'cast(coalesce(tasks.done_at, cutoff.as_of_at) as date)'
            ) }}, 0) as integer
        ) as late_day_count,
        tasks.count_id is not null and counts.cycle_count_id is null as is_count_missing
    from tasks
    cross join cutoff
    left join counts on tasks.site_code || '/' || tasks.count_id = counts.cycle_count_id
)

select * from final
