-- The figures of each period beside those of a year before.
with ratios as (
    select
        *,
        {{ add_months('period_start_date', -12) }} as year_before_date
    from {{ ref('int_lag__stock_to_sales_ratio') }}
),

year_before as (
    select * from {{ ref('int_lag__stock_to_sales_ratio') }}
),

{% set figures = [
    'inventory_to_sales_ratio', 'inventory_to_cogs_ratio', 'net_sales_amount', 'cogs_amount', 'sales_stock_amount',
    'cogs_stock_amount',
] %}

final as (
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
        {%- for column in figures %}
        ratios.{{ column }},
        year_before.{{ column }} as before_{{ column }},
        {%- endfor %}
        ratios.month_count
    from ratios
    inner join year_before
        on
            ratios.scope_type = year_before.scope_type
            and ratios.scope_id = year_before.scope_id
            and ratios.period_type = year_before.period_type
            and ratios.year_before_date = year_before.period_start_date
)

select * from final
