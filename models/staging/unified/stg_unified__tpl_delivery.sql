{{ config(materialized='table') }}
-- Every delivery of a message beside the one that speaks for it. The highest version wins, then the latest change, then
-- the payload hash. Equal payloads are the same delivery: the earliest extraction keeps it, so that a replay changes
-- nothing.
with messages as (
    select * from {{ ref('stg_tpl__shipment_messages') }}
),

hashed as (
    select
        messages.*,
        coalesce(messages.source_version, 1) as delivery_version,
        {{ payload_hash('messages', [
            'sequence_no', 'source_version', 'message_type', 'direction', 'reference', 'site_code',
            'provider_item_code', 'message_qty', 'provider_uom', 'sent_at', 'received_at', 'acknowledged_at', 'status',
            'reject_reason', 'updated_at',
        ]) }} as payload_hash
    from messages
),

ranked as (
    select
        *,
        first_value(payload_hash) over (
            partition by provider_code, message_id
            order by delivery_version desc, updated_at desc, payload_hash desc
        ) as winning_payload_hash,
        row_number() over (
            partition by provider_code, message_id, payload_hash
            order by _meta_extracted_at asc, _meta_batch_id asc, _meta_row asc
        ) as repetition_rank
    from hashed
),

final as (
    select
        provider_code,
        message_id,
        sequence_no,
        source_version,
        message_type,
        direction,
        reference,
        site_code,
        provider_item_code,
        message_qty,
        provider_uom,
        sent_at,
        received_at,
        acknowledged_at,
        status,
        reject_reason,
        updated_at,
        _meta_batch_id,
        _meta_extracted_at,
        _meta_file,
        _meta_row,
        delivery_version,
        payload_hash,
        winning_payload_hash,
        repetition_rank,
        payload_hash = winning_payload_hash and repetition_rank = 1 as is_current,
        cast(count(*) over (partition by provider_code, message_id) as integer) as delivery_count
    from ranked
)

select * from final
