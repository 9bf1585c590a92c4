-- Both legs of every transfer at the cut-off. What left and has not arrived is on its way; a leg that is missing
-- for longer than a transfer takes is overdue.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where transfer_id is not null and is_current_version
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

overdue_policy as (
    {{ policy_as_of(['transfer_overdue_hours'], over='cutoff', as_of='as_of_date') }}
),

legs as (
    select
        movements.transfer_id,
        movements.sku_id,
        max(movements.location_id) filter (where movements.movement_qty < 0) as from_location_id,
        max(movements.location_id) filter (where movements.movement_qty > 0) as to_location_id,
        min(movements.occurred_at) filter (where movements.movement_qty < 0) as shipped_at,
        max(movements.occurred_at) filter (where movements.movement_qty > 0) as received_at,
        cast(coalesce(-sum(movements.movement_qty) filter (where movements.movement_qty < 0), 0) as decimal(18, 4))
            as shipped_qty,
        cast(coalesce(sum(movements.movement_qty) filter (where movements.movement_qty > 0), 0) as decimal(18, 4))
            as received_qty
    from movements
    inner join cutoff on movements.occurred_at <= cutoff.as_of_at
    group by movements.transfer_id, movements.sku_id
),

final as (
    select
        legs.transfer_id,
        legs.sku_id,
        legs.from_location_id,
        legs.to_location_id,
        legs.shipped_at,
        legs.received_at,
        legs.shipped_qty,
        legs.received_qty,
        cast(legs.shipped_qty - legs.received_qty as decimal(18, 4)) as in_transit_qty,
        {{ kpi_missing_leg('legs.shipped_qty', 'legs.received_qty') }} as missing_leg,
        legs.shipped_qty <> legs.received_qty
        and coalesce(legs.shipped_at, legs.received_at)
        < {{ add_hours('cutoff.as_of_at', '-overdue_policy.transfer_overdue_hours') }} as is_overdue
    from legs
    cross join cutoff
    left join overdue_policy on cutoff.as_of_date = overdue_policy.as_of_date
)

select * from final
