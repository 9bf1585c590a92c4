-- Inventory to sales of each scope and period by both readings, with the reason where there is none.
with periods as (
    select * from {{ ref('int_lag__stock_to_sales_period') }}
),

{% set sales_of = {'sales': 'net_sales_amount', 'cogs': 'cogs_amount'} %}

judged as (
    select
        *,
        {{ kpi_inventory_to_sales_reason(
            'sales_stock_amount', 'net_sales_amount', 'is_period_closed', 'is_sent', 'is_complete'
        ) }} as inventory_to_sales_reason,
        {{ kpi_inventory_to_sales_reason(
            'cogs_stock_amount', 'cogs_amount', 'is_period_closed', 'true', 'known_month_count = month_count'
        ) }} as inventory_to_cogs_reason
    from periods
),

final as (
    select
        scope_type,
        scope_id,
        period_type,
        period_start_date,
        last_day_date,
        is_period_closed,
        known_month_count,
        month_count,
        is_sent,
        is_complete,
        sales_stock_amount,
        net_sales_amount,
        cogs_stock_amount,
        cogs_amount,
        qty_days,
        known_cost_qty_days,
        inventory_to_sales_reason,
        inventory_to_cogs_reason,
        {%- for reading, sales in sales_of.items() %}
        {%- set is_known = 'inventory_to_' ~ reading ~ '_reason is null' %}
        case when {{ is_known }} then {{ kpi_inventory_to_sales(reading ~ '_stock_amount', sales) }} end
            as inventory_to_{{ reading }}_ratio,
        case
            when {{ is_known }} then {{ kpi_stock_to_period_sales(reading ~ '_stock_amount', sales, 'month_count') }}
        end as stock_to_period_{{ reading }}_ratio,
        {%- endfor %}
        uncosted_record_count
    from judged
)

select * from final
