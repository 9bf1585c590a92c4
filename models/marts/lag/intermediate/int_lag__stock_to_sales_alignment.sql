-- Each period beside the same one a year before: at selling price where both years have it, else at cost.
with ratios as (
    select
        *,
        {{ add_months('period_start_date', -12) }} as year_before_date
    from {{ ref('int_lag__stock_to_sales_ratio') }}
),

year_before as (
    select * from {{ ref('int_lag__stock_to_sales_ratio') }}
),

{% set parts = {
    'ratio': {'net_sales': 'inventory_to_sales_ratio', 'cogs': 'inventory_to_cogs_ratio'},
    'sales': {'net_sales': 'net_sales_amount', 'cogs': 'cogs_amount'},
    'stock': {'net_sales': 'sales_stock_amount', 'cogs': 'cogs_stock_amount'},
} %}

paired as (
    select
        ratios.scope_type,
        ratios.scope_id,
        ratios.period_type,
        ratios.period_start_date,
        ratios.last_day_date,
        case
            when ratios.inventory_to_sales_ratio is not null and year_before.inventory_to_sales_ratio is not null
                then 'net_sales'
            when ratios.inventory_to_cogs_ratio is not null and year_before.inventory_to_cogs_ratio is not null
                then 'cogs'
        end as alignment_basis,
        {%- for bases in parts.values() %}
        {%- for column in bases.values() %}
        ratios.{{ column }},
        year_before.{{ column }} as before_{{ column }},
        {%- endfor %}
        {%- endfor %}
        ratios.month_count
    from ratios
    inner join year_before
        on
            ratios.scope_type = year_before.scope_type
            and ratios.scope_id = year_before.scope_id
            and ratios.period_type = year_before.period_type
            and ratios.year_before_date = year_before.period_start_date
),

chosen as (
    select
        *,
        {%- for part, bases in parts.items() %}
        {%- for before in ['', 'before_'] %}
        case alignment_basis
            when 'net_sales' then {{ before ~ bases.net_sales }}
            when 'cogs' then {{ before ~ bases.cogs }}
        end as {{ before }}{{ part }}_figure{{ ',' if part != 'stock' or before == '' }}
        {%- endfor %}
        {%- endfor %}
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
