-- What the books say, in company currency: balances at the closing rate of the month, flows at its average.
with balances as (
    select * from {{ ref('stg_unified__financial_balance') }}
    where quarantine_rule is null
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

divisions as (
    select
        division_code,
        min(company_currency) as company_currency
    from locations
    group by division_code
),

final as (
    select
        balances.division_code,
        balances.account,
        balances.location_id,
        balances.period_end_date,
        balances.month_start_date,
        {{ product(
            'balances.source_balance_amount',
            "case when balances.account in ('cogs', 'net_sales', 'purchases') then company_rates.average_rate "
            ~ "else company_rates.closing_rate end",
            6, 18
        ) }} as balance_amount,
        balances.source_balance_amount,
        balances.currency
    from balances
    left join divisions on balances.division_code = divisions.division_code
    left join company_rates
        on
            balances.currency = company_rates.currency
            and divisions.company_currency = company_rates.company_currency
            and balances.month_start_date = company_rates.month_start_date
)

select * from final
