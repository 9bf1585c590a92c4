-- List prices in company currency at the closing rate of the cut-off month. When several item codes of one SKU have a
-- price in a division, the first code speaks.
with items as (
    select * from {{ ref('stg_unified__item') }}
    where list_price_amount > 0
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

divisions as (
    select
        division_code,
        max(currency) as currency,
        max(company_currency) as company_currency
    from locations
    group by division_code
),

closing_rates as (
    select
        company_rates.currency,
        company_rates.company_currency,
        company_rates.closing_rate
    from company_rates
    inner join cutoff
        on company_rates.month_start_date = cast(date_trunc('month', cutoff.as_of_date) as date)
),

ranked as (
    select
        items.division_code,
        items.item_code,
        crosswalk.sku_id,
        items.list_price_amount,
        coalesce(items.currency, divisions.currency) as currency,
        divisions.company_currency,
        row_number() over (partition by items.division_code, crosswalk.sku_id order by items.item_code) as code_rank
    from items
    inner join crosswalk
        on
            items.division_code = crosswalk.division_code
            and items.item_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
    left join divisions on items.division_code = divisions.division_code
),

final as (
    select
        ranked.division_code,
        ranked.sku_id,
        ranked.item_code,
        {{ product('ranked.list_price_amount', 'closing_rates.closing_rate', 6, 18) }}
            as list_price_amount,
        ranked.currency
    from ranked
    left join closing_rates
        on
            ranked.currency = closing_rates.currency
            and ranked.company_currency = closing_rates.company_currency
    where ranked.code_rank = 1
)

select * from final
