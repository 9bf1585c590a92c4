-- What a unit not sold would have brought and cost when an event began: the price of the last month that sold any, else
-- the list price of the division; the unit cost of the day. Company currency.
with stockouts as (
    select
        *,
        cast(date_trunc('month', stockout_start_date) as date) as start_month_date
    from {{ ref('int_lag__stockout') }}
),

invoiced as (
    select * from {{ ref('int_lag__stockout_invoice_price') }}
),

list_prices as (
    select * from {{ ref('fct_list_price') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        cast(coalesce(invoiced.unit_price_amount, list_prices.list_price_amount) as decimal(18, 6))
            as unit_price_amount,
        case
            when invoiced.unit_price_amount is not null then 'invoice'
            when list_prices.list_price_amount is not null then 'list'
            else 'none'
        end as price_source,
        {{ product('unit_costs.unit_cost_amount', 'company_rates.average_rate', 6, 18) }}
            as unit_cost_amount,
        coalesce(unit_costs.is_known_cost and company_rates.average_rate is not null, false) as is_known_cost
    from stockouts
    inner join stock_records using (sku_id, location_id)
    left join invoiced using (sku_id, location_id, stockout_start_date)
    left join list_prices
        on
            stock_records.division_code = list_prices.division_code
            and stockouts.sku_id = list_prices.sku_id
    {{ join_unit_cost('stockouts', 'stockouts.stockout_start_date') }}
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and stockouts.start_month_date = company_rates.month_start_date
)

select * from final
