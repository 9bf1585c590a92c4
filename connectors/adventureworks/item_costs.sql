-- Standard costs: the history, and after its last row, or where there is none, the cost that the product carries now.
-- The product's cost is 0 for two fifths of the items: they have never been costed, and 0 means missing in the
-- contract. It is landed as it is. The first day of a cost without history is the product's own first day.
with last_day as (
    select
        ProductID,
        max(EndDate::timestamp::date) as end_date,
        bool_or(EndDate is null) as is_current
    from ProductCostHistory
    group by ProductID
)

select
    ProductID as item_code,
    'standard' as cost_method,
    StandardCost::decimal(18, 6) as unit_cost,
    'USD' as currency,
    StartDate::timestamp::date as valid_from
from ProductCostHistory

union all

select
    items.ProductID as item_code,
    'standard' as cost_method,
    items.StandardCost::decimal(18, 6) as unit_cost,
    'USD' as currency,
    coalesce(last_day.end_date + 1, items.SellStartDate::timestamp::date) as valid_from
from Product as items
left join last_day using (ProductID)
where not coalesce(last_day.is_current, false)
