-- How often the records of a class at a site are wrong, over the weeks of the trend that end with the last closed week.
with accuracies as (
    select * from {{ ref('kpi_count_accuracy') }}
    where is_week_closed
),

ranked as (
    select
        *,
        row_number() over (partition by location_id, abc_class order by week_start_date desc) as recency_rank
    from accuracies
),

final as (
    select
        location_id,
        abc_class,
        cast(1 - window_accuracy_ratio as decimal(18, 6)) as miss_probability
    from ranked
    where recency_rank = 1
)

select * from final
