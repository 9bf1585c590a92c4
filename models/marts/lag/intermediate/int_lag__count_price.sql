-- What one unit of a counted record cost on the day, in company currency, and what customers paid for it since the
-- count before; where none was sold, its list price.
with intervals as (
    select * from {{ ref('int_lag__count_interval') }}
),

flows as (
    select * from {{ ref('int_lag__count_flow') }}
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

list_prices as (
    select * from {{ ref('fct_list_price') }}
),

final as (
    select
        intervals.sku_id,
        intervals.location_id,
        intervals.counted_date,
        stock_records.category,
        stock_records.division_code,
        stock_records.company_code,
        company_rates.closing_rate,
        {{ product('unit_costs.unit_cost_amount', 'company_rates.average_rate', 6, 18) }}
            as unit_cost_amount,
        coalesce(unit_costs.is_known_cost, false) as is_known_cost,
        case
            when flows.invoiced_qty > 0 and flows.invoiced_amount > 0 and not flows.is_unrated
                then {{ divide('flows.invoiced_amount', 'flows.invoiced_qty') }}
            else list_prices.list_price_amount
        end as unit_price_amount
    from intervals
    left join stock_records using (sku_id, location_id)
    left join flows using (sku_id, location_id, counted_date)
    {{ join_unit_cost('intervals', 'intervals.counted_date') }}
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and intervals.month_start_date = company_rates.month_start_date
    left join list_prices
        on
            intervals.sku_id = list_prices.sku_id
            and stock_records.division_code = list_prices.division_code
)

select * from final
