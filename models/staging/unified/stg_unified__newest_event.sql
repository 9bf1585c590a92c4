-- The newest event that each instance told, entity by entity, by the time it happened and not by the time it arrived.
-- What claims to come from after its own extraction is counted apart: a clock that runs ahead must not hide a dead
-- feed.
with pinned_batches as (
    select * from {{ ref('stg_audit__pinned_batches') }}
),

{% set feeds = [
    ('audit', 'physical_audits', 'auditor', 'audited_at'),
    ('baseline', 'demand_forecasts', 'division_code', 'made_at'),
    ('erp', 'demand_forecasts', 'division_code', 'made_at'),
    ('erp', 'inventory_balances', 'division_code', 'as_of_at'),
    ('erp', 'purchase_order_lines', 'division_code', 'created_at'),
    ('erp', 'purchase_receipts', 'division_code', 'received_at'),
    ('erp', 'sales_invoice_lines', 'division_code', 'invoiced_at'),
    ('erp', 'sales_order_lines', 'division_code', 'ordered_at'),
    ('erp', 'sales_returns', 'division_code', 'returned_at'),
    ('erp', 'system_kpis', 'division_code', 'reported_at'),
    ('erp', 'write_offs', 'division_code', 'posted_at'),
    ('iot', 'readings', 'gateway_code', 'read_at'),
    ('steward', 'access_requests', 'team', 'requested_at'),
    ('steward', 'alert_acknowledgements', 'team', 'acknowledged_at'),
    ('steward', 'decisions', 'team', 'decided_at'),
    ('steward', 'dispositions', 'team', 'decided_at'),
    ('steward', 'match_verdicts', 'team', 'decided_at'),
    ('steward', 'proposal_verdicts', 'team', 'decided_at'),
    ('steward', 'review_outcomes', 'team', 'reviewed_at'),
    ('steward', 'sop_signoffs', 'team', 'signed_at'),
    ('tpl', 'shipment_messages', 'provider_code', 'sent_at'),
    ('tpl', 'stock_advices', 'provider_code', 'as_of_at'),
    ('wms', 'bin_balances', 'site_code', 'as_of_at'),
    ('wms', 'count_tasks', 'site_code', 'created_at'),
    ('wms', 'cycle_counts', 'site_code', 'counted_at'),
    ('wms', 'lots', 'site_code', 'received_at'),
    ('wms', 'movements', 'site_code', 'occurred_at'),
    ('wms', 'order_stages', 'site_code', 'occurred_at'),
    ('wms', 'pick_errors', 'site_code', 'occurred_at'),
] %}
{% for source, entity, instance, event_time in feeds %}
feed_{{ source }}_{{ entity }} as (
    select
        '{{ source }}' as source,
        {{ instance }} as instance,
        '{{ entity }}' as entity,
        max(case when {{ event_time }} <= _meta_extracted_at then {{ event_time }} end) as newest_event_at,
        count(*) filter (where {{ event_time }} > _meta_extracted_at) as future_event_count,
        count(*) as accepted_row_count
    from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    group by {{ instance }}
),
{% endfor %}
events as (
    {%- for source, entity, instance, event_time in feeds %}
    select * from feed_{{ source }}_{{ entity }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

-- An instance that sent only what was held back, or nothing but empty files, is a feed without events.
senders as (
    select
        source,
        instance,
        entity,
        max(extracted_at) as extracted_at
    from pinned_batches
    where
        (source, entity) in (
            {%- for source, entity, instance, event_time in feeds %}
            ('{{ source }}', '{{ entity }}'){{ ',' if not loop.last }}
            {%- endfor %}
        )
    group by source, instance, entity
),

final as (
    select
        senders.source,
        senders.instance,
        senders.entity,
        senders.extracted_at,
        events.newest_event_at,
        coalesce(events.future_event_count, 0) as future_event_count,
        coalesce(events.accepted_row_count, 0) as accepted_row_count
    from senders
    left join events
        on
            senders.source = events.source
            and senders.instance = events.instance
            and senders.entity = events.entity
)

select * from final
