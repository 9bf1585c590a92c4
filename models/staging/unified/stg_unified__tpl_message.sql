{{ config(materialized='table') }}
-- One row per delivered message, winners and losers alike, so that every accepted row is accounted for.
with deliveries as (
    select * from {{ ref('stg_unified__tpl_delivery') }}
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

aligned as (
    select
        deliveries.*,
        locations.location_id,
        locations.division_code,
        locations.time_zone,
        deliveries.provider_item_code as item_code,
        tpl_items.sku_id,
        {{ base_quantity('deliveries.message_qty', 'tpl_items.factor_to_base') }} as base_qty,
        case when deliveries.is_current and deliveries.message_type <> '846' then {{ unknown_tpl_member_rule() }} end
            as quarantine_rule
    from deliveries
    {{ join_tpl_items('deliveries') }}
),

final as (
    select
        {%- for column in [
            'provider_code', 'message_id', 'quarantine_rule', 'delivery_version', 'delivery_count', 'payload_hash',
            'sequence_no', 'message_type', 'direction', 'reference', 'site_code', 'location_id', 'division_code',
            'item_code', 'sku_id', 'sent_at', 'received_at', 'acknowledged_at', 'status', 'reject_reason', 'updated_at',
        ] %}
        aligned.{{ column }},
        {%- endfor %}
        case
            when aligned.repetition_rank > 1 then 'duplicate'
            when not aligned.is_current then 'superseded'
            when aligned.quarantine_rule is not null then 'quarantined'
            else 'current'
        end as delivery_status,
        aligned.base_qty as message_qty,
        {{ business_date('aligned.sent_at', "coalesce(aligned.time_zone, 'UTC')") }} as sent_date,
        aligned._meta_extracted_at,
        {{ lineage_columns('aligned') }}
    from aligned
)

select * from final
