{{ config(materialized='redeliveries') }}
-- depends_on: {{ ref('stg_unified__movement_month') }}
-- Few events are delivered more than once: only those are hashed and compared, so that a long ledger costs one count.
with movements as (
    select * from {{ ref('stg_wms__movements') }}
    where {{ kernel_scope() }}
),

redelivered as (
    select
        site_code,
        event_id
    from movements
    group by site_code, event_id
    having count(*) > 1
),

hashed as (
    select
        movements.site_code,
        movements.event_id,
        movements._meta_file,
        movements._meta_row,
        movements._meta_batch_id,
        movements._meta_extracted_at,
        movements.occurred_at,
        movements.recorded_at,
        coalesce(movements.source_version, 1) as delivery_version,
        md5(
            {%- set payload = [
                'event_type', 'item_code', 'lot_code', 'owner_code', 'from_bin', 'to_bin', 'movement_qty', 'uom',
                'stock_status', 'from_stock_status', 'to_stock_status', 'occurred_at', 'recorded_at', 'device_id',
                'sequence_no', 'reverses_event_id', 'transfer_id', 'reference', 'reason',
            ] %}
            {%- for column in payload %}
            coalesce(replace(cast(movements.{{ column }} as string), '|', '\|'), '~')
            || '|'{{ ' ||' if not loop.last }}
            {%- endfor %}
        ) as payload_hash
    from movements
    inner join redelivered
        on
            movements.site_code = redelivered.site_code
            and movements.event_id = redelivered.event_id
),

-- A redelivered event is won by the highest version, then the latest recording, then the payload hash. Equal payloads
-- are the same delivery: the earliest extraction keeps it, so that a replay changes nothing.
ranked as (
    select
        site_code,
        event_id,
        delivery_version,
        occurred_at,
        recorded_at,
        payload_hash,
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
        ) as winning_payload_hash,
        _meta_batch_id,
        _meta_extracted_at,
        _meta_file,
        _meta_row
    from hashed
),

final as (
    select
        site_code,
        event_id,
        delivery_version,
        occurred_at,
        recorded_at,
        payload_hash,
        delivery_rank,
        payload_hash = winning_payload_hash as is_same_as_winner,
        _meta_batch_id,
        _meta_extracted_at,
        _meta_file,
        _meta_row
    from ranked
)

select * from final
