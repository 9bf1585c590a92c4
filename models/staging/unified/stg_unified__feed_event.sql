-- Every delivery of something that happened, of every feed that tells of happenings, with the moments that latency
-- needs. A redelivery is a row of its own here; core keeps the first. Where a system has no time of recording, it is
-- the event's.
{% set feeds = [
    ('wms', 'movements', 'site_code', ['event_id'], 'occurred_at', 'recorded_at'),
    ('wms', 'cycle_counts', 'site_code', ['count_id'], 'counted_at', 'counted_at'),
    ('wms', 'bin_balances', 'site_code',
     ['bin_code', 'item_code', 'lot_code', 'stock_status', 'owner_code', 'as_of_at'], 'as_of_at', 'as_of_at'),
    ('wms', 'order_stages', 'site_code', ['order_number', 'line_number', 'order_stage'], 'occurred_at', 'occurred_at'),
    ('wms', 'pick_errors', 'site_code', ['error_id'], 'occurred_at', 'found_at'),
    ('erp', 'purchase_receipts', 'division_code', ['receipt_number'], 'received_at', 'received_at'),
    ('erp', 'sales_invoice_lines', 'division_code', ['invoice_number', 'line_number'], 'invoiced_at', 'invoiced_at'),
    ('erp', 'sales_returns', 'division_code', ['return_number', 'line_number'], 'returned_at', 'returned_at'),
    ('erp', 'write_offs', 'division_code', ['write_off_number'], 'posted_at', 'posted_at'),
    ('erp', 'inventory_balances', 'division_code', ['item_code', 'location_code', 'owner_code', 'as_of_at'],
     'as_of_at', 'as_of_at'),
    ('iot', 'readings', 'gateway_code', ['sensor_id', 'read_at'], 'read_at', 'read_at'),
    ('tpl', 'shipment_messages', 'provider_code', ['message_id'], 'sent_at', 'received_at'),
    ('tpl', 'stock_advices', 'provider_code', ['advice_id', 'line_number'], 'as_of_at', 'as_of_at'),
] %}
with feed_movements as (
    select * from {{ ref('stg_wms__movements') }}
),

{% for source, entity, instance, keys, event_at, recorded_at in feeds[1:] %}
feed_{{ entity }} as (
    select * from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
),

{% endfor %}
final as (
    {%- for source, entity, instance, keys, event_at, recorded_at in feeds %}
    select
        '{{ source }}' as source,
        {{ instance }} as instance,
        '{{ entity }}' as entity,
        concat_ws(
            '|',
            {%- for key in keys %}
            coalesce(cast({{ key }} as string), '-'){{ ',' if not loop.last }}
            {%- endfor %}
        ) as event_key,
        {{ event_at }} as event_at,
        coalesce({{ recorded_at }}, {{ event_at }}) as recorded_at,
        _meta_extracted_at as extracted_at,
        _meta_batch_id as batch_id,
        _meta_file,
        _meta_row
    from feed_{{ entity }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
