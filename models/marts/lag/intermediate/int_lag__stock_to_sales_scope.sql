-- Stock and sales of each scope and month.
with months as (
    select * from {{ ref('int_lag__stock_to_sales_month') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

final as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        months.month_start_date,
        months.last_day_date,
        months.is_month_closed,
        bool_or(months.is_sent) as is_sent,
        {%- for measure in [
            'sales_stock_amount', 'net_sales_amount', 'cogs_stock_amount', 'cogs_amount', 'qty_days',
            'known_cost_qty_days'
        ] %}
        cast(sum(months.{{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        cast(count(*) filter (where months.is_uncosted) as integer) as uncosted_record_count
    from months
    inner join stock_scopes
        on
            months.sku_id = stock_scopes.sku_id
            and months.location_id = stock_scopes.location_id
    group by
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        months.month_start_date,
        months.last_day_date,
        months.is_month_closed
)

select * from final
