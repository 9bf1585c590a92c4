-- What each calendar month sold of a category, in the whole years to the end of each month. A category that was not
-- sold at their beginning has no season yet.
with category_months as (
    select
        *,
        {{ add_days(add_months('month_start_date', 1), -1) }} as last_day_date
    from {{ ref('int_service__category_month') }}
),

season_policy as (
    {{ policy_as_of(['season_window_months'], over='category_months', as_of='last_day_date') }}
),

windows as (
    select
        category_months.division_code,
        category_months.category,
        category_months.month_start_date,
        {{ add_months('category_months.month_start_date', '1 - season_policy.season_window_months') }} as from_date
    from category_months
    inner join season_policy using (last_day_date)
),

final as (
    select
        windows.division_code,
        windows.category,
        windows.month_start_date,
        cast(extract(month from sold.month_start_date) as integer) as month_number,
        cast(sum(sold.cogs_amount) as decimal(24, 4)) as cogs_amount,
        cast(sum({{ days_between('sold.month_start_date', 'sold.last_day_date') }} + 1) as integer) as day_count
    from windows
    inner join category_months as sold
        on
            windows.division_code = sold.division_code
            and windows.category = sold.category
            and windows.month_start_date >= sold.month_start_date
            and windows.from_date <= sold.month_start_date
            and windows.from_date >= sold.sold_from_date
    group by
        windows.division_code, windows.category, windows.month_start_date, extract(month from sold.month_start_date)
)

select * from final
