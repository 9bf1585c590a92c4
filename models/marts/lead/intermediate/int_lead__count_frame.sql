-- Every class at every site that has stock records or counts, week by week: a week without counts has its row.
with record_classes as (
    select * from {{ ref('int_lead__stock_record_class') }}
),

count_lines as (
    select * from {{ ref('int_lead__count_line') }}
),

weeks as (
    select * from {{ ref('int_lead__week') }}
),

cells as (
    select
        location_id,
        abc_class
    from record_classes

    union

    select
        location_id,
        abc_class
    from count_lines
),

final as (
    select
        cells.location_id,
        cells.abc_class,
        weeks.week_start_date,
        weeks.as_of_date,
        weeks.is_week_closed
    from cells
    cross join weeks
)

select * from final
