-- One row per party that is named in a sale.
select
    code as customer_code,
    name as customer_name
from party_party
where id in (select party from sale_sale)
