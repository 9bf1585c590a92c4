-- The one company of the sample. Its books carry no currency column; prices are in US dollars.
select
    'wwi' as division_code,
    'Wide World Importers' as division_name,
    (select company_code from connector) as company_code,
    'USD' as company_currency,
    'USD' as currency
