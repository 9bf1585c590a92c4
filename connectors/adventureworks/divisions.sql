-- The one company of the sample. The tables carry no currency column; prices are in US dollars.
select
    'adventureworks' as division_code,
    'Adventure Works Cycles' as division_name,
    (select company_code from connector) as company_code,
    'USD' as company_currency,
    'USD' as currency
