-- Books and audits of twelve months, summed over the records of each scope.
with windows as (
    select * from {{ ref('int_lag__audit_window') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

{% set keys = ['month_start_date', 'last_day_date', 'is_month_closed'] %}
final as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        {%- for key in keys %}
        windows.{{ key }},
        {%- endfor %}
        {%- for amount in [
            'cogs_amount', 'avg_inventory_amount', 'shrink_amount', 'audited_cogs_amount', 'audited_inventory_amount',
            'qty_days', 'known_cost_qty_days'
        ] %}
        cast(sum(windows.{{ amount }}) as decimal(24, 4)) as {{ amount }},
        {%- endfor %}
        cast(coalesce(sum(windows.counted_inventory_amount), 0) as decimal(24, 4)) as counted_inventory_amount,
        max(windows.window_day_count) as window_day_count,
        max(windows.known_day_count) as known_day_count,
        cast(count(*) filter (where windows.is_uncosted) as integer) as uncosted_record_count
    from windows
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, windows.{{ keys | join(', windows.') }}
)

select * from final
