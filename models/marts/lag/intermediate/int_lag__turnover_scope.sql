-- What turnover and cover are taken from, summed over the records of each scope and month. Units are added up within
-- one SKU alone.
with windows as (
    select * from {{ ref('int_lag__turnover_window') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

final as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        windows.month_start_date,
        windows.last_day_date,
        windows.is_month_closed,
        cast(max(windows.window_day_count) as integer) as window_day_count,
        cast(max(windows.known_day_count) as integer) as known_day_count,
        case when count(distinct windows.avg_method_used) = 1 then min(windows.avg_method_used) else 'mixed' end
            as avg_method_used,
        cast(sum(windows.turnover_numerator_value) as decimal(24, 4)) as turnover_numerator_amount,
        cast(sum(windows.turnover_denominator_value) as decimal(24, 4)) as avg_inventory_amount,
        {%- for amount in ['closing_amount', 'cogs_90_amount', 'cogs_91_amount', 'qty_days', 'known_cost_qty_days'] %}
        cast(sum(windows.{{ amount }}) as decimal(24, 4)) as {{ amount }},
        {%- endfor %}
        {%- for units in ['closing', 'sold', 'sold_90', 'sold_91', 'avg_inventory'] %}
        cast(
            sum(windows.{{ units }}_qty) filter (where stock_scopes.scope_type in ('sku_location', 'sku'))
            as decimal(24, 4)
        ) as {{ units }}_qty,
        {%- endfor %}
        cast(count(*) filter (where windows.is_uncosted) as integer) as uncosted_record_count
    from windows
    inner join stock_scopes
        on
            windows.sku_id = stock_scopes.sku_id
            and windows.location_id = stock_scopes.location_id
    group by
        stock_scopes.scope_type, stock_scopes.scope_id, windows.month_start_date, windows.last_day_date,
        windows.is_month_closed
)

select * from final
