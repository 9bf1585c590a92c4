-- One row per product that the warehouse ever held: Tryton keeps no balance, it adds up done moves when asked; so does this.
-- Assigned moves that leave the storage are reserved.
with recursive places as (
    select
        id,
        code as warehouse_code
    from stock_location
    where type = 'warehouse'

    union all

    select
        child.id,
        places.warehouse_code
    from stock_location as child
    inner join places on child.parent = places.id
),

legs as (
    select
        move.product,
        places.warehouse_code,
        case when move.state = 'done' then -cast(move.internal_quantity as decimal(18, 4)) else 0 end as qty,
        case when move.state = 'assigned' then cast(move.internal_quantity as decimal(18, 4)) else 0 end as reserved_qty,
        move.effective_date
    from stock_move as move
    inner join places on move.from_location = places.id
    where move.state in ('done', 'assigned')

    union all

    select
        move.product,
        places.warehouse_code,
        cast(move.internal_quantity as decimal(18, 4)) as qty,
        0 as reserved_qty,
        move.effective_date
    from stock_move as move
    inner join places on move.to_location = places.id
    where move.state = 'done'
)

select
    product.code as item_code,
    legs.warehouse_code as location_code,
    cast(sum(legs.qty) as decimal(18, 4)) as on_hand_qty,
    cast(sum(legs.reserved_qty) as decimal(18, 4)) as reserved_qty,
    any_value(case uom.symbol when 'u' then 'EA' else uom.symbol end) as uom,
    (select cast(max(effective_date) + 1 as timestamp) from stock_move where state = 'done') as as_of,
    cast(max(legs.effective_date) as timestamp) as last_movement_at
from legs
inner join product_product as product on legs.product = product.id
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
group by product.code, legs.warehouse_code
