-- What a day of a calendar month sells against the mean day, per category of a division, over whole years. A category
-- that was not sold at their beginning has no season yet.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

months as (
    select * from {{ ref('int_lead__season_month') }}
),

sold as (
    select
        stock_records.division_code,
        stock_records.category,
        months.month_number,
        months.day_count,
        sum(demand.gross_demand_qty) as sold_qty,
        min({{ days_between('months.from_date', 'demand.demand_date') }}) as first_sold_days
    from demand
    inner join stock_records using (sku_id, location_id)
    inner join months
        on
            demand.demand_date >= months.from_date
            and demand.demand_date < months.until_date
            and months.month_number = extract(month from demand.demand_date)
    group by stock_records.division_code, stock_records.category, months.month_number, months.day_count
),

totalled as (
    select
        *,
        sum(sold_qty) over (partition by division_code, category) as total_qty,
        sum(day_count) over (partition by division_code, category) as total_day_count,
        min(first_sold_days) over (partition by division_code, category) as first_days
    from sold
),

final as (
    select
        division_code,
        category,
        month_number,
        {{ kpi_season_ratio(divide('sold_qty', 'day_count'), divide('total_qty', 'total_day_count')) }} as season_ratio
    from totalled
    where first_days < day_count
)

select * from final
