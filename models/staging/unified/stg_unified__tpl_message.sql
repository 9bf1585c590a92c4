{{ config(materialized='table') }}
-- One row per delivered message, winners and losers alike, so that every accepted row is accounted for.
with messages as (
    select * from {{ ref('stg_tpl__shipment_messages') }}
),

tpl_items as (
    select * from {{ ref('stg_unified__tpl_item') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

tpl_codes as (
    {{ known_tpl_codes() }}
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

-- The highest version wins, then the latest change, then the payload hash. Equal payloads are the same delivery: the
-- earliest extraction keeps it, so that a replay changes nothing.
ranked as (
    select
        *,
        row_number() over (
            partition by provider_code, message_id
            order by
                delivery_version desc, updated_at desc, payload_hash desc,
                _meta_extracted_at asc, _meta_batch_id asc, _meta_row asc
        ) as delivery_rank,
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

aligned as (
    select
        ranked.*,
        locations.location_id,
        locations.division_code,
        locations.time_zone,
        tpl_items.sku_id,
        tpl_items.factor_to_base,
        case when ranked.delivery_rank = 1 and ranked.message_type <> '846' then {{ unknown_tpl_member_rule() }} end
            as quarantine_rule
    from ranked
    {{ join_tpl_items('ranked') }}
),

final as (
    select
        provider_code,
        message_id,
        case
            when repetition_rank > 1 then 'duplicate'
            when payload_hash <> winning_payload_hash then 'superseded'
            when quarantine_rule is not null then 'quarantined'
            else 'current'
        end as delivery_status,
        quarantine_rule,
        delivery_version,
        payload_hash,
        sequence_no,
        message_type,
        direction,
        reference,
        site_code,
        location_id,
        division_code,
        provider_item_code as item_code,
        sku_id,
        cast(message_qty * factor_to_base as decimal(18, 4)) as message_qty,
        sent_at,
        {{ business_date('sent_at', "coalesce(time_zone, 'UTC')") }} as sent_date,
        received_at,
        acknowledged_at,
        status,
        reject_reason,
        updated_at,
        _meta_batch_id,
        _meta_extracted_at,
        _meta_file,
        _meta_row
    from aligned
)

select * from final
