-- How often the counts of a site are taken in, and how often they should be. Amounts are a day's cost.
with options as (
    select * from {{ ref('fct_count_ingestion_option') }}
),

chosen as (
    select
        location_id,
        as_of_date,
        max(line_count) as line_count,
        max(window_day_count) as window_day_count,
        max(error_per_day_amount) as error_per_day_amount,
        max(ingest_minute_count) filter (where is_current) as present_minute_count,
        max(total_cost_amount) filter (where is_current) as present_cost_amount,
        max(ingest_minute_count) filter (where is_chosen) as recommended_minute_count,
        max(total_cost_amount) filter (where is_chosen) as recommended_cost_amount,
        coalesce(max(rows_per_hour_rate) filter (where is_chosen), max(rows_per_hour_rate) filter (where is_current))
            as rows_per_hour_rate,
        bool_or(is_current and not is_within_load) as is_present_over_load,
        min(ingestion_reason) as ingestion_reason
    from options
    group by location_id, as_of_date
),

final as (
    select
        location_id,
        as_of_date,
        line_count,
        {{ divide('line_count', 'window_day_count') }} as lines_per_day_rate,
        error_per_day_amount,
        present_minute_count,
        recommended_minute_count,
        present_cost_amount,
        recommended_cost_amount,
        cast(present_cost_amount - recommended_cost_amount as decimal(24, 6)) as excess_cost_amount,
        {{ divide('present_cost_amount - recommended_cost_amount', 'error_per_day_amount') }} as excess_cost_ratio,
        rows_per_hour_rate,
        is_present_over_load,
        case when recommended_minute_count is null then ingestion_reason end as ingestion_reason
    from chosen
)

select * from final
