-- Rows held back anywhere before a mart: by the validator (row or whole file), or here because their item, unit or
-- location is unknown to the masters. The latter come back by themselves once the master knows them.
-- A table: marts and tests read it, and each branch aligns an entity anew; the longest take turns.
{{
    config(
        materialized='in_turn',
        meta={
            'part': 'entity',
            'turns': [
                'sales_order_lines', 'sales_invoice_lines', 'demand_forecasts', 'inventory_balances', 'bin_balances',
                'order_stages',
            ],
        }
    )
}}
with rejected_rows as (
    select * from {{ ref('stg_audit__quarantined_rows') }}
),

{% set aligned = [
    ('movement', 'wms', 'movements', 'site_code', "'Event ' || event_id"),
    ('bin_balance', 'wms', 'bin_balances', 'site_code', "'Bin ' || bin_code"),
    ('lot', 'wms', 'lots', 'site_code', "'Lot ' || lot_code"),
    ('cycle_count', 'wms', 'cycle_counts', 'site_code', "'Count ' || count_id"),
    ('count_task', 'wms', 'count_tasks', 'site_code', "'Task ' || task_id"),
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
    ('sales_order_line', 'erp', 'sales_order_lines', 'division_code',
     "'Sales order line ' || order_number || '/' || line_number"),
    ('demand_forecast', 'erp', 'demand_forecasts', 'division_code', "'Forecast for ' || period_start_date"),
    ('promotion', 'erp', 'promotions', 'division_code', "'Promotion ' || promotion_code"),
    ('write_off', 'erp', 'write_offs', 'division_code', "'Write-off ' || write_off_number"),
    ('system_kpi', 'erp', 'system_kpis', 'division_code', "'Reported ' || kpi_id"),
    ('physical_audit', 'audit', 'physical_audits', 'auditor', "'Audit line ' || audit_id"),
    ('slotting', 'wms', 'slottings', 'site_code', "'Home bin ' || bin_code"),
    ('order_stage', 'wms', 'order_stages', 'site_code', "'Stage ' || order_stage || ' of order ' || order_number"),
    ('pick_error', 'wms', 'pick_errors', 'site_code', "'Failed pick ' || error_id"),
    ('tpl_item', 'tpl', 'item_map', 'provider_code', "'Meaning of ' || provider_item_code || ' ' || uom_key"),
    ('tpl_message', 'tpl', 'shipment_messages', 'provider_code', "'Message ' || message_id"),
    ('tpl_stock_advice', 'tpl', 'stock_advices', 'provider_code',
     "'Advice ' || advice_id || '/' || line_number"),
] %}
{# What names no item: a place or a sensor alone. #}
{% set placed = [
    ('bin', 'wms', 'bins', 'site_code', "'Bin ' || bin_code"),
    ('financial_balance', 'erp', 'financial_balances', 'division_code',
     "'Balance of ' || account || ' at ' || location_code"),
    ('sensor_reading', 'iot', 'readings', 'gateway_code', "'Reading of sensor ' || sensor_id || ' at ' || read_at"),
] %}
{% for model, source, entity, instance, subject in aligned + placed %}
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
        {{ subject }}
        {% if loop.index0 < aligned | length %}|| ' of item ' || coalesce(item_code, '(none)'){% endif %}
        || ': ' || quarantine_rule
        || '. Add it to the item, unit, location or sensor master of ' || {{ instance }} || ' and refresh.' as message,
        cast(1 as bigint) as row_count,
        cast(null as string) as raw_row
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
    {%- for model, source, entity, instance, subject in aligned + placed %}

    union all

    select * from unmapped_{{ model }}
    {%- endfor %}
)

select * from final
