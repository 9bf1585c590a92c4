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
        {%- for basis, stock, sales in [
            ('sales', 'sales_stock_amount', 'net_sales_amount'), ('cogs', 'cogs_stock_amount', 'cogs_amount')
        ] %}
        {%- set ratio = 'inventory_to_' ~ basis ~ '_ratio' %}
        {{ kpi_growth_ratio('ratios.' ~ ratio, 'year_before.' ~ ratio) }} as {{ basis }}_change,
        {{ kpi_growth_ratio('ratios.' ~ sales, 'year_before.' ~ sales) }} as {{ basis }}_growth,
        {{ kpi_growth_ratio('ratios.' ~ stock, 'year_before.' ~ stock) }} as {{ basis }}_stock_growth
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ratios
    inner join year_before
        on
            ratios.scope_type = year_before.scope_type
            and ratios.scope_id = year_before.scope_id
            and ratios.period_type = year_before.period_type
            and ratios.year_before_date = year_before.period_start_date
),

final as (
    select
        scope_type,
        scope_id,
        period_type,
        period_start_date,
        last_day_date,
        alignment_basis,
        {%- for name, column in [
            ('change', 'ratio_change_ratio'), ('growth', 'sales_growth_ratio'), ('stock_growth', 'stock_growth_ratio')
        ] %}
        case alignment_basis when 'net_sales' then sales_{{ name }} when 'cogs' then cogs_{{ name }} end
            as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from paired
)

select * from final
