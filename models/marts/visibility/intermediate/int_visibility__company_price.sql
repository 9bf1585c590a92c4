-- List price of a SKU in its division at the cut-off, in company currency; of several codes the last by name speaks.
with list_prices as (
    select * from {{ ref('fct_list_price') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

divisions as (
    select distinct
        division_code,
        company_currency
    from locations
),

converted as (
    select
        list_prices.sku_id,
        list_prices.division_code,
        list_prices.item_code,
        cast(
            cast(list_prices.list_price_amount as decimal(20, 6)) * company_rates.closing_rate as decimal(18, 6)
        ) as price_amount
    from list_prices
    cross join cutoff
    inner join divisions on list_prices.division_code = divisions.division_code
    inner join company_rates
        on
            list_prices.currency = company_rates.currency
            and divisions.company_currency = company_rates.company_currency
            and cast(date_trunc('month', cutoff.as_of_date) as date) = company_rates.month_start_date
    where list_prices.list_price_amount is not null
),

final as (
    select
        sku_id,
        division_code,
        {{ value_at_max('price_amount', 'item_code') }} as price_amount
    from converted
    group by sku_id, division_code
)

select * from final
