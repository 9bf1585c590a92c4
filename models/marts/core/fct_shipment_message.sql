-- The message log between us and each 3PL: every message once, as it stands, those of unknown goods included.
with deliveries as (
    select * from {{ ref('stg_unified__tpl_message') }}
),

delivery_counts as (
    select
        provider_code,
        message_id,
        cast(count(*) as integer) as delivery_count,
        cast(count(*) filter (where delivery_status = 'duplicate') as integer) as duplicate_count
    from deliveries
    group by provider_code, message_id
),

messages as (
    select * from deliveries
    where delivery_status in ('current', 'quarantined')
),

final as (
    select
        messages.provider_code || '/' || messages.message_id as shipment_message_id,
        messages.provider_code,
        messages.message_id,
        messages.sequence_no,
        messages.message_type,
        messages.direction,
        messages.reference,
        messages.site_code,
        messages.location_id,
        messages.division_code,
        messages.sku_id,
        messages.message_qty,
        messages.sent_at,
        messages.sent_date,
        messages.received_at,
        messages.acknowledged_at,
        messages.status,
        messages.reject_reason,
        messages.quarantine_rule,
        delivery_counts.delivery_count,
        delivery_counts.duplicate_count,
        messages._meta_batch_id
    from messages
    inner join delivery_counts
        on
            messages.provider_code = delivery_counts.provider_code
            and messages.message_id = delivery_counts.message_id
)

select * from final
