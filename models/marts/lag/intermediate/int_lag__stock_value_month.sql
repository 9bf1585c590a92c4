-- Value held and cost of sales of each stock record and month, in company currency, dense from the month its location's
-- ledger began: a month without stock is nil, not missing.
with months as (
    select * from {{ ref('int_lag__month') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

cogs_daily as (
    select * from {{ ref('fct_cogs_daily') }}
),

held as (
    select * from {{ ref('int_lag__stock_held_month') }}
),

-- The first day a location's ledger speaks: before it stock is unknown, after it stock without events is known to be
-- nil.
feeds as (
    select
        location_id,
        min(first_event_date) as feed_start_date
    from stock_records
    group by location_id
),

record_months as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        months.month_start_date,
        months.last_day_date,
        months.is_month_closed,
        greatest(months.month_start_date, feeds.feed_start_date) as known_from_date,
        company_rates.closing_rate
    from stock_records
    inner join feeds on stock_records.location_id = feeds.location_id
    inner join months on feeds.feed_start_date <= months.last_day_date
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and months.month_start_date = company_rates.month_start_date
),

sold as (
    select
        month_start_date,
        sku_id,
        location_id,
        sum(sold_qty) as sold_qty,
        sum(cogs_amount) as cogs_amount,
        bool_or(is_uncosted) as has_uncosted_sales
    from cogs_daily
    group by month_start_date, sku_id, location_id
),

final as (
    select
        record_months.sku_id,
        record_months.location_id,
        record_months.month_start_date,
        record_months.last_day_date,
        record_months.is_month_closed,
        cast({{ days_between('record_months.known_from_date', 'record_months.last_day_date') }} + 1 as integer)
            as known_day_count,
        cast(coalesce(held.qty_days, 0) as decimal(24, 4)) as qty_days,
        cast(coalesce(held.known_cost_qty_days, 0) as decimal(24, 4)) as known_cost_qty_days,
        cast(coalesce(held.closing_qty, 0) as decimal(24, 4)) as closing_qty,
        cast(
            case when not coalesce(held.has_uncosted_stock, false) then coalesce(held.value_days, 0) end
            * record_months.closing_rate as decimal(24, 4)
        ) as value_days,
        cast(
            case when not coalesce(held.has_uncosted_stock, false) then coalesce(held.closing_amount, 0) end
            * record_months.closing_rate as decimal(24, 4)
        ) as closing_amount,
        cast(coalesce(sold.sold_qty, 0) as decimal(24, 4)) as sold_qty,
        cast(
            case when not coalesce(sold.has_uncosted_sales, false) then coalesce(sold.cogs_amount, 0) end
            as decimal(24, 4)
        ) as cogs_amount
    from record_months
    left join held using (sku_id, location_id, month_start_date)
    left join sold using (sku_id, location_id, month_start_date)
)

select * from final
