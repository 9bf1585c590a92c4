-- Counting tasks by the week in which they fell due.
with tasks as (
    select
        *,
        cast(date_trunc('week', due_date) as date) as week_start_date
    from {{ ref('fct_count_task') }}
    where is_due
),

record_classes as (
    select * from {{ ref('int_lead__stock_record_class') }}
),

final as (
    select
        tasks.location_id,
        coalesce(record_classes.abc_class, '-') as abc_class,
        tasks.week_start_date,
        count(*) as due_task_count,
        count(*) filter (where not tasks.is_late) as timely_task_count
    from tasks
    left join record_classes using (sku_id, location_id)
    group by tasks.location_id, coalesce(record_classes.abc_class, '-'), tasks.week_start_date
)

select * from final
