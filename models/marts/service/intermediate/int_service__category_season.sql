-- How far the months of a category lie apart at cost: greatest less least index of a calendar month.
with calendar_months as (
    select * from {{ ref('int_service__category_calendar') }}
),

rated as (
    select
        *,
        {{ divide('cogs_amount', 'day_count') }} as daily_amount,
        {{ divide(
            'sum(cogs_amount) over (partition by month_start_date, division_code, category)',
            'sum(day_count) over (partition by month_start_date, division_code, category)'
        ) }} as mean_daily_amount
    from calendar_months
),

final as (
    select
        division_code,
        category,
        month_start_date,
        {{ kpi_season_range('max(daily_amount)', 'min(daily_amount)', 'max(mean_daily_amount)') }} as season_range_ratio
    from rated
    group by division_code, category, month_start_date
)

select * from final
