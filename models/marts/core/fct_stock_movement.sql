{{ config(materialized='view') }}

with legs as (
    {{ movement_legs(ref('stg_unified__movement')) }}
),

movement_types as (
    select * from {{ ref('movement_types') }}
),

final as (
    select
        legs.site_code || '/' || legs.event_id || legs.leg_suffix
        || {{ posting_suffix('legs.is_reversal', 'legs.posting_number') }} as movement_id,
        legs.site_code,
        legs.event_id,
        legs.sku_id,
        legs.location_id,
        legs.division_code,
        legs.lot_code,
        legs.leg_status as stock_status,
        legs.owner_code,
        legs.owner_code = legs.division_code as is_owned,
        legs.event_type,
        legs.movement_type,
        cast(legs.leg_qty as decimal(18, 4)) as movement_qty,
        legs.occurred_at,
        legs.recorded_at,
        legs.event_date,
        legs.booked_at as posted_at,
        legs.booked_date as posting_date,
        {{ posting_kind('legs.is_reversal', 'legs.posting_number', 'legs.event_date', 'legs.booked_date') }}
            as posting_kind,
        legs.delivery_status = 'ledger' as is_current_version,
        coalesce(movement_types.is_demand, false) as is_demand,
        coalesce(movement_types.is_demand_return, false) as is_demand_return,
        coalesce(movement_types.is_cogs, false) as is_cogs,
        legs.transfer_id,
        legs.reverses_event_id,
        legs.from_bin,
        legs.to_bin,
        legs.device_id,
        legs.sequence_no,
        legs.reference,
        legs.reason,
        legs._meta_batch_id
    from legs
    left join movement_types on legs.movement_type = movement_types.movement_type
)

select * from final
