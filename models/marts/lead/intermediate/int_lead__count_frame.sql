-- Every class at every site that has stock records, week by week since counting began, with the counting tasks due in
-- it: a week without counts has its row.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

governing_classes as (
    select * from {{ ref('fct_governing_class') }}
),

tasks as (
    select * from {{ ref('fct_count_task') }}
    where is_due
),

count_weeks as (
    select * from {{ ref('int_lead__count_week') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

classed_records as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        coalesce(governing_classes.abc_class, '-') as abc_class
    from stock_records
    left join governing_classes using (company_code, sku_id)
),

cells as (
    select
        location_id,
        abc_class
    from classed_records

    union

    select
        location_id,
        abc_class
    from count_weeks
),

began as (
    select min(week_start_date) as first_week_date
    from count_weeks
),

weeks as (
    select distinct
        dates.week_start_date,
        cutoff.as_of_date,
        {{ add_days('dates.week_start_date', 6) }} < cutoff.as_of_date as is_week_closed
    from dates
    cross join cutoff
    cross join began
    where dates.week_start_date >= began.first_week_date and dates.week_start_date <= cutoff.as_of_date
),

task_weeks as (
    select
        classed_records.location_id,
        classed_records.abc_class,
        cast(date_trunc('week', tasks.due_date) as date) as week_start_date,
        count(*) as due_task_count,
        count(*) filter (where not tasks.is_late) as timely_task_count
    from tasks
    inner join classed_records using (sku_id, location_id)
    group by classed_records.location_id, classed_records.abc_class, cast(date_trunc('week', tasks.due_date) as date)
),

final as (
    select
        cells.location_id,
        cells.abc_class,
        weeks.week_start_date,
        weeks.as_of_date,
        weeks.is_week_closed,
        coalesce(task_weeks.due_task_count, 0) as due_task_count,
        coalesce(task_weeks.timely_task_count, 0) as timely_task_count
    from cells
    cross join weeks
    left join task_weeks using (location_id, abc_class, week_start_date)
)

select * from final
