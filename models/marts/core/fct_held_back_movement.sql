-- Stock events that wait because a master does not know their item, unit or location: what the ledger lacks meanwhile.
with deliveries as (
    select * from {{ ref('stg_unified__movement') }}
    where delivery_status = 'quarantined'
),

final as (
    select
        site_code,
        event_id,
        location_id,
        sku_id,
        item_code,
        event_type,
        source_qty,
        uom_code,
        occurred_at,
        quarantine_rule
    from deliveries
)

select * from final
