-- Growth over the same period a year before: at selling price where both years have it, else at cost.
with paired as (
    select * from {{ ref('int_lag__stock_to_sales_year') }}
),

{% set parts = {
    'ratio': {'net_sales': 'inventory_to_sales_ratio', 'cogs': 'inventory_to_cogs_ratio'},
    'sales': {'net_sales': 'net_sales_amount', 'cogs': 'cogs_amount'},
    'stock': {'net_sales': 'sales_stock_amount', 'cogs': 'cogs_stock_amount'},
} %}

chosen as (
    select
        *,
        {%- for part, bases in parts.items() %}
        {%- for before in ['', 'before_'] %}
        case alignment_basis
            when 'net_sales' then {{ before ~ bases.net_sales }}
            when 'cogs' then {{ before ~ bases.cogs }}
        end as {{ before }}{{ part }}_figure,
        {%- endfor %}
        {%- endfor %}
        alignment_basis is not null as is_compared
    from paired
),

final as (
    select
        scope_type,
        scope_id,
        period_type,
        period_start_date,
        last_day_date,
        alignment_basis,
        {{ kpi_growth_ratio('ratio_figure', 'before_ratio_figure') }} as ratio_change_ratio,
        {{ kpi_growth_ratio('sales_figure', 'before_sales_figure') }} as sales_growth_ratio,
        {{ kpi_growth_ratio('stock_figure', 'before_stock_figure') }} as stock_growth_ratio
    from chosen
)

select * from final
