-- The message log between us and each 3PL: every message once, as it stands, those of unknown goods included.
with deliveries as (
    select * from {{ ref('stg_unified__tpl_message') }}
),

duplicates as (
    select
        provider_code,
        message_id,
        cast(count(*) as integer) as duplicate_count
    from deliveries
    where delivery_status = 'duplicate'
    group by provider_code, message_id
),

final as (
    select
        deliveries.provider_code || '/' || deliveries.message_id as shipment_message_id,
        {%- for column in [
            'provider_code', 'message_id', 'sequence_no', 'message_type', 'direction', 'reference', 'site_code',
            'location_id', 'division_code', 'sku_id', 'message_qty', 'sent_at', 'sent_date', 'received_at',
            'acknowledged_at', 'status', 'reject_reason', 'quarantine_rule', 'delivery_count',
        ] %}
        deliveries.{{ column }},
        {%- endfor %}
        coalesce(duplicates.duplicate_count, 0) as duplicate_count,
        deliveries._meta_batch_id
    from deliveries
    left join duplicates
        on
            deliveries.provider_code = duplicates.provider_code
            and deliveries.message_id = duplicates.message_id
    where deliveries.delivery_status in ('current', 'quarantined')
)

select * from final
