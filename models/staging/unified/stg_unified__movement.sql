-- One row per delivered event, winners and losers alike, so that every accepted row is accounted for.
with movements as (
    select * from {{ ref('stg_wms__movements') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

hashed as (
    select
        *,
        coalesce(source_version, 1) as delivery_version,
        md5(
            {%- set payload = [
                'event_type', 'item_code', 'lot_code', 'owner_code', 'from_bin', 'to_bin', 'movement_qty', 'uom',
                'stock_status', 'from_stock_status', 'to_stock_status', 'occurred_at', 'recorded_at', 'device_id',
                'sequence_no', 'reverses_event_id', 'transfer_id', 'reference', 'reason',
            ] %}
            {%- for column in payload %}
            coalesce(replace(cast({{ column }} as varchar), '|', '\|'), '~') || '|'{{ ' ||' if not loop.last }}
            {%- endfor %}
        ) as payload_hash
    from movements
),

-- A redelivered event is won by the highest version, then the latest recording, then the payload hash. Equal payloads
-- are the same delivery: the earliest extraction keeps it, so that a replay changes nothing.
ranked as (
    select
        *,
        row_number() over (
            partition by site_code, event_id
            order by
                delivery_version desc,
                recorded_at desc,
                payload_hash desc,
                _meta_extracted_at asc,
                _meta_batch_id asc,
                _meta_row asc
        ) as delivery_rank,
        first_value(payload_hash) over (
            partition by site_code, event_id
            order by delivery_version desc, recorded_at desc, payload_hash desc
        ) as winning_payload_hash
    from hashed
),

-- What each reversal takes back, found from the few reversals and not from the many events.
reversals as (
    select
        ranked.site_code,
        ranked.event_id,
        originals.event_type as reversed_event_type
    from ranked
    inner join ranked as originals
        on
            ranked.site_code = originals.site_code
            and ranked.reverses_event_id = originals.event_id
    where ranked.event_type = 'reversal' and ranked.delivery_rank = 1 and originals.delivery_rank = 1
),

aligned as (
    select
        ranked.*,
        locations.location_id,
        locations.division_code,
        locations.time_zone,
        crosswalk.sku_id,
        uom_factors.factor_to_base,
        uom_factors.uom_code,
        -- A reversal counts as the kind of event it takes back, so that demand and cost of sales net out.
        coalesce(reversals.reversed_event_type, ranked.event_type) as movement_type,
        case when ranked.delivery_rank = 1 then {{ unknown_member_rule('locations.location_id') }} end
            as quarantine_rule
    from ranked
    left join locations on ranked.site_code = locations.site_code
    {{ join_item_units('ranked', 'locations.division_code') }}
    left join reversals
        on
            ranked.site_code = reversals.site_code
            and ranked.event_id = reversals.event_id
),

final as (
    select
        site_code,
        event_id,
        case
            when delivery_rank > 1 and payload_hash = winning_payload_hash then 'duplicate'
            when delivery_rank > 1 then 'superseded'
            when quarantine_rule is not null then 'quarantined'
            else 'ledger'
        end as delivery_status,
        quarantine_rule,
        delivery_version,
        payload_hash,
        sku_id,
        location_id,
        division_code,
        item_code,
        event_type,
        movement_type,
        coalesce(lot_code, '-') as lot_code,
        coalesce(owner_code, division_code, '-') as owner_code,
        coalesce(stock_status, 'available') as stock_status,
        from_stock_status,
        to_stock_status,
        from_bin,
        to_bin,
        movement_qty as source_qty,
        uom_code,
        cast(movement_qty * factor_to_base as decimal(18, 4)) as movement_qty,
        occurred_at,
        recorded_at,
        {{ business_date('occurred_at', "coalesce(time_zone, 'UTC')") }} as event_date,
        device_id,
        sequence_no,
        transfer_id,
        reverses_event_id,
        reference,
        reason,
        _meta_batch_id,
        _meta_extracted_at,
        _meta_file,
        _meta_row
    from aligned
)

select * from final
