-- One row per party that is named in a purchase or in terms of purchase.
select
    code as supplier_code,
    name as supplier_name
from party_party
where
    id in (select party from purchase_purchase)
    or id in (select party from purchase_product_supplier)
