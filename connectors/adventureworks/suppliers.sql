-- Vendors. Their country hangs on an address table that is not among the extracts: it stays null.
select
    BusinessEntityID as supplier_code,
    Name as supplier_name
from Vendor
