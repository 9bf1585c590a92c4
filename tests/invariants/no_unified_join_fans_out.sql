-- Each unified model that asks who an item was has one row per thing that its source named: the SKU master, its time
-- ranges, verdicts and standard words multiply nothing and drop nothing. Rows: the models for which that is not so.
{% set models = {
    'stg_unified__movement': ('stg_wms__movements', ['_meta_file', '_meta_row']),
    'stg_unified__receipt': ('stg_erp__purchase_receipts', ['division_code', 'receipt_number']),
    'stg_unified__purchase_order_line': (
        'stg_erp__purchase_order_lines', ['division_code', 'order_number', 'line_number']
    ),
    'stg_unified__invoice_line': ('stg_erp__sales_invoice_lines', ['division_code', 'invoice_number', 'line_number']),
    'stg_unified__sales_return': ('stg_erp__sales_returns', ['division_code', 'return_number', 'line_number']),
    'stg_unified__cycle_count': ('stg_wms__cycle_counts', ['site_code', 'count_id']),
    'stg_unified__item_supplier': ('stg_erp__item_suppliers', ['division_code', 'item_code', 'supplier_code']),
    'stg_unified__planning_parameter': (
        'stg_erp__planning_parameters', ['division_code', 'item_code', 'location_code', 'valid_from_date']
    ),
    'stg_unified__order_stage': ('stg_wms__order_stages', ['site_code', 'order_number', 'line_number', 'order_stage']),
    'stg_unified__pick_error': ('stg_wms__pick_errors', ['site_code', 'error_id']),
    'stg_unified__count_task': ('stg_wms__count_tasks', ['site_code', 'task_id']),
    'stg_unified__slotting': ('stg_wms__slottings', ['site_code', 'item_code', 'bin_code', 'valid_from_date']),
    'stg_unified__write_off': ('stg_erp__write_offs', ['division_code', 'write_off_number']),
    'stg_unified__sales_order_line': ('stg_erp__sales_order_lines', ['division_code', 'order_number', 'line_number']),
    'stg_unified__physical_audit': ('stg_audit__physical_audits', ['auditor', 'audit_id']),
    'stg_unified__item': ('stg_erp__items', ['division_code', 'item_code']),
    'dim_item': ('stg_erp__items', ['division_code', 'item_code']),
    'bridge_sku_system_id': ('stg_erp__items', ['division_code', 'item_code']),
} %}

with final as (
    {%- for model, (source, keys) in models.items() %}
    select
        '{{ model }}' as model_name,
        (select count(*) from {{ ref(model) }}) as row_count,
        (
            select count(*)
            from (select distinct {{ keys | join(', ') }} from {{ ref(source) }}) as named
        ) as named_count
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
where row_count <> named_count
