-- Special offers, per product, for every location. The offer called `No Discount` is the absence of one and covers
-- all products at all times: it is no promotion. A discount for volume has no mechanic that the contract knows; all
-- others cut the price. Status is that of the extract's day: the table keeps none. An uplift was not planned.
with extract as (
    select
        greatest(
            (select max(OrderDate::timestamp) from PurchaseOrderHeader),
            (select max(ModifiedDate::timestamp) from ProductInventory)
        )::date as day
)

select
    offers.SpecialOfferID as promotion_code,
    products.ProductID as item_code,
    offers.Category as channel,
    case when offers.Type <> 'Volume Discount' then 'price_cut' end as mechanic,
    offers.DiscountPct::decimal(9, 6) as discount_ratio,
    offers.StartDate::timestamp::date as start_date,
    offers.EndDate::timestamp::date as end_date,
    case
        when offers.EndDate::timestamp::date < extract.day then 'ended'
        when offers.StartDate::timestamp::date > extract.day then 'planned'
        else 'running'
    end as status
from SpecialOfferProduct as products
left join SpecialOffer as offers using (SpecialOfferID)
cross join extract
where offers.Type is null or offers.Type <> 'No Discount'
