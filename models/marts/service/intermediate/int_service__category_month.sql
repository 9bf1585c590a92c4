-- Cost of sales of each category of a division in every month from its first sale on.
with cogs_daily as (
    select * from {{ ref('fct_cogs_daily') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

months as (
    select distinct month_start_date
    from {{ ref('kpi_inventory_turnover') }}
    where is_month_closed
),

sold as (
    select
        stock_records.division_code,
        stock_records.category,
        cogs_daily.month_start_date,
        sum(cogs_daily.cogs_amount) as cogs_amount,
        min(cogs_daily.month_start_date) over (
            partition by stock_records.division_code, stock_records.category
        ) as sold_from_date
    from cogs_daily
    inner join stock_records using (sku_id, location_id)
    group by stock_records.division_code, stock_records.category, cogs_daily.month_start_date
),

final as (
    select
        sold.division_code,
        sold.category,
        months.month_start_date,
        min(sold.sold_from_date) as sold_from_date,
        cast(
            coalesce(sum(sold.cogs_amount) filter (where sold.month_start_date = months.month_start_date), 0)
            as decimal(24, 4)
        ) as cogs_amount
    from sold
    inner join months on sold.sold_from_date <= months.month_start_date
    group by sold.division_code, sold.category, months.month_start_date
)

select * from final
