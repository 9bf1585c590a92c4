-- One row per done move that crosses the border of the warehouse; moves between its zones change no stock of the site. Tryton
-- says what a move is by the type of the place on the other side: supplier, customer, lost_found (counts), drop and production.
-- It keeps dates alone: the events of a day carry its midnight. internal_quantity is in the product's own unit, a DOUBLE that
-- holds no more digits than the unit's rounding.
with recursive places as (
    select
        id,
        id as warehouse
    from stock_location
    where type = 'warehouse'

    union all

    select
        child.id,
        places.warehouse
    from stock_location as child
    inner join places on child.parent = places.id
),

crossing as (
    select
        move.*,
        inside_to.warehouse is not null as is_inbound,
        case when inside_to.warehouse is not null then from_place.type else to_place.type end as other_side,
        case when inside_to.warehouse is not null then to_place.code else from_place.code end as zone_code
    from stock_move as move
    left join places as inside_from on move.from_location = inside_from.id
    left join places as inside_to on move.to_location = inside_to.id
    left join stock_location as from_place on move.from_location = from_place.id
    left join stock_location as to_place on move.to_location = to_place.id
    where
        move.state = 'done'
        and coalesce(inside_from.warehouse, -1) <> coalesce(inside_to.warehouse, -1)
)

select
    'move-' || crossing.id as event_id,
    case
        when crossing.other_side = 'supplier' and crossing.is_inbound then 'receipt'
        when crossing.other_side = 'supplier' then 'supplier_return'
        when crossing.other_side = 'customer' and crossing.is_inbound then 'customer_return'
        when crossing.other_side = 'customer' then 'sales_issue'
        when crossing.other_side = 'production' and crossing.is_inbound then 'production'
        when crossing.other_side = 'production' then 'consumption'
        else 'adjustment'
    end as event_type,
    product.code as item_code,
    lot.number as lot,
    case when not crossing.is_inbound then crossing.zone_code end as from_bin,
    case when crossing.is_inbound then crossing.zone_code end as to_bin,
    case when crossing.is_inbound then 1 else -1 end * cast(crossing.internal_quantity as decimal(18, 4)) as qty,
    case uom.symbol when 'u' then 'EA' else uom.symbol end as uom,
    cast(crossing.effective_date as timestamp) as occurred_at,
    cast(crossing.effective_date as timestamp) as recorded_at,
    coalesce(shipment_in.number, shipment_out.number, inventory.number) as reference,
    case when crossing.other_side = 'lost_found' then 'count' end as reason
from crossing
inner join product_product as product on crossing.product = product.id
inner join product_template as template on product.template = template.id
left join product_uom as uom on template.default_uom = uom.id
left join stock_lot as lot on crossing.lot = lot.id
left join stock_shipment_in as shipment_in on crossing.shipment = 'stock.shipment.in,' || shipment_in.id
left join stock_shipment_out as shipment_out on crossing.shipment = 'stock.shipment.out,' || shipment_out.id
left join stock_inventory_line as line on crossing.origin = 'stock.inventory.line,' || line.id
left join stock_inventory as inventory on line.inventory = inventory.id
