-- One row per product: the cost price Tryton holds now, averaged in this company. It keeps no dates, so
-- the cost is said to hold from the first move of the goods on; a product without a cost has none.
select
    product.code as item_code,
    'moving_average' as cost_method,
    cost.cost_price as unit_cost,
    (select code from currency_currency where id = (select currency from company_company)) as currency,
    coalesce(first_move.first_date, (select min(effective_date) from stock_move)) as valid_from
from product_cost_price as cost
inner join product_product as product on cost.product = product.id
left join (
    select
        product,
        min(effective_date) as first_date
    from stock_move
    where state = 'done'
    group by product
) as first_move on product.id = first_move.product
