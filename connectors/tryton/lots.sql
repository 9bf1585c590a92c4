-- One row per lot that has come in. The module stock_lot keeps no expiry; it came in with its first move.
select
    product.code as item_code,
    lot.number as lot,
    cast(min(move.effective_date) as timestamp) as received_at
from stock_lot as lot
inner join product_product as product on lot.product = product.id
inner join stock_move as move on lot.id = move.lot
where move.state = 'done'
group by product.code, lot.number
