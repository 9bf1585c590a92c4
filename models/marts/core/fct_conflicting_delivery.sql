-- Events that came again and said something else: what a delivery that lost told, beside the one that speaks.
with deliveries as (
    select * from {{ ref('stg_unified__movement') }}
    where delivery_status = 'superseded' and sku_id is not null and location_id is not null
),

movements as (
    select * from {{ ref('stg_unified__movement') }}
    where delivery_status = 'ledger'
),

final as (
    select
        deliveries.site_code,
        deliveries.event_id,
        deliveries.sku_id,
        deliveries.location_id,
        movements.occurred_at,
        max(deliveries.movement_qty) as lost_qty,
        max(movements.movement_qty) as movement_qty
    from deliveries
    inner join movements
        on
            deliveries.site_code = movements.site_code
            and deliveries.event_id = movements.event_id
    group by
        deliveries.site_code,
        deliveries.event_id,
        deliveries.sku_id,
        deliveries.location_id,
        movements.occurred_at
)

select * from final
