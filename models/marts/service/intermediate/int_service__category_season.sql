-- How far the months of a category lie apart at cost: greatest less least index of a calendar month, over whole years.
-- A category that was not sold at their beginning has no season yet.
with cogs_daily as (
    select * from {{ ref('fct_cogs_daily') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

months as (
    select distinct
        month_start_date,
        last_day_date
    from {{ ref('kpi_inventory_turnover') }}
    where is_month_closed
),

season_policy as (
    {{ policy_as_of(['season_window_months'], over='months', as_of='last_day_date') }}
),

sold as (
    select
        stock_records.division_code,
        stock_records.category,
        cogs_daily.month_start_date,
        sum(cogs_daily.cogs_amount) as cogs_amount
    from cogs_daily
    inner join stock_records using (sku_id, location_id)
    group by stock_records.division_code, stock_records.category, cogs_daily.month_start_date
),

categories as (
    select
        division_code,
        category,
        min(month_start_date) as sold_from_date
    from sold
    group by division_code, category
),

windows as (
    select
        month_start_date as season_month_date,
        {{ add_months('month_start_date', '1 - season_window_months') }} as from_date
    from months
    inner join season_policy using (last_day_date)
),

calendar_months as (
    select
        windows.season_month_date,
        categories.division_code,
        categories.category,
        extract(month from months.month_start_date) as month_number,
        sum(coalesce(sold.cogs_amount, 0)) as cogs_amount,
        sum({{ days_between('months.month_start_date', add_months('months.month_start_date', 1)) }}) as day_count
    from windows
    inner join categories on windows.from_date >= categories.sold_from_date
    inner join months
        on windows.from_date <= months.month_start_date and windows.season_month_date >= months.month_start_date
    left join sold
        on
            categories.division_code = sold.division_code
            and categories.category = sold.category
            and months.month_start_date = sold.month_start_date
    group by
        windows.season_month_date,
        categories.division_code,
        categories.category,
        extract(month from months.month_start_date)
),

rated as (
    select
        *,
        {{ divide('cogs_amount', 'day_count') }} as daily_amount,
        {{ divide(
            'sum(cogs_amount) over (partition by season_month_date, division_code, category)',
            'sum(day_count) over (partition by season_month_date, division_code, category)'
        ) }} as mean_daily_amount
    from calendar_months
),

final as (
    select
        division_code,
        category,
        season_month_date as month_start_date,
        {{ kpi_season_range('max(daily_amount)', 'min(daily_amount)', 'max(mean_daily_amount)') }} as season_range_ratio
    from rated
    group by division_code, category, season_month_date
)

select * from final
