-- Rows held back anywhere before a mart: by the validator (row or whole file), or here because their item, unit or
-- location is unknown to the masters. The latter come back by themselves once the master knows them.
with rejected_rows as (
    select * from {{ ref('stg_audit__quarantined_rows') }}
),

{% set aligned = [
    ('movement', 'wms', 'movements', 'site_code', "'Event ' || event_id"),
    ('cycle_count', 'wms', 'cycle_counts', 'site_code', "'Count ' || count_id"),
    ('balance', 'erp', 'inventory_balances', 'division_code', "'Balance at ' || location_code"),
    ('item_cost', 'erp', 'item_costs', 'division_code', "'Cost since ' || valid_from_date"),
    ('receipt', 'erp', 'purchase_receipts', 'division_code', "'Receipt ' || receipt_number"),
    ('purchase_order_line', 'erp', 'purchase_order_lines', 'division_code',
     "'Order line ' || order_number || '/' || line_number"),
    ('invoice_line', 'erp', 'sales_invoice_lines', 'division_code',
     "'Invoice line ' || invoice_number || '/' || line_number"),
    ('sales_return', 'erp', 'sales_returns', 'division_code', "'Return ' || return_number || '/' || line_number"),
    ('item_supplier', 'erp', 'item_suppliers', 'division_code', "'Terms of supplier ' || supplier_code"),
    ('planning_parameter', 'erp', 'planning_parameters', 'division_code', "'Parameters of ' || location_code"),
    ('service_contract', 'erp', 'service_contracts', 'division_code',
     "'Promise ' || contract_number || '/' || line_number"),
    ('tpl_item', 'tpl', 'item_map', 'provider_code', "'Meaning of ' || provider_item_code || ' ' || uom_key"),
    ('tpl_message', 'tpl', 'shipment_messages', 'provider_code', "'Message ' || message_id"),
    ('tpl_stock_advice', 'tpl', 'stock_advices', 'provider_code',
     "'Advice ' || advice_id || '/' || line_number"),
] %}
{% for model, source, entity, instance, subject in aligned %}
unmapped_{{ model }} as (
    select
        _meta_file as landed_file,
        _meta_row as file_row_number,
        _meta_batch_id as batch_id,
        '{{ source }}' as source,
        {{ instance }} as instance,
        '{{ entity }}' as entity,
        'master_data' as held_back_by,
        quarantine_rule as rule_id,
        {{ subject }} || ' of item ' || coalesce(item_code, '(none)') || ': ' || quarantine_rule
        || '. Add it to the item, unit or location master of ' || {{ instance }} || ' and refresh.' as message,
        cast(1 as bigint) as row_count,
        cast(null as varchar) as raw_row
    from {{ ref('stg_unified__' ~ model) }}
    where quarantine_rule is not null
),
{% endfor %}
final as (
    select
        landed_file,
        file_row_number,
        batch_id,
        source,
        instance,
        entity,
        'validator' as held_back_by,
        rule as rule_id,
        message,
        row_count,
        raw_row
    from rejected_rows
    {%- for model, source, entity, instance, subject in aligned %}

    union all

    select * from unmapped_{{ model }}
    {%- endfor %}
)

select * from final
