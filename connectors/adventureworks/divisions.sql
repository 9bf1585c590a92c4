-- The one company of the sample. The tables carry no currency column; prices are in US dollars.
select
    'adventureworks' as division_code,
    'Adventure Works Cycles' as division_name,
    'adventureworks' as company_code,
    'USD' as company_currency,
    'USD' as currency
