-- One division: the company of the database. Tryton names no consolidating company: it consolidates itself.
select
    'tryton' as division_code,
    party_party.name as division_name,
    (select company_code from connector) as company_code,
    currency_currency.code as company_currency,
    currency_currency.code as currency
from company_company
left join party_party on company_company.party = party_party.id
left join currency_currency on company_company.currency = currency_currency.id
