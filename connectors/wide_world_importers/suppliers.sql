-- Suppliers. Their country hangs on a city table that is not among the extracts: it stays null.
select
    SupplierID::bigint::varchar as supplier_code,
    SupplierName as supplier_name
from "Purchasing.Suppliers"
