{# Gross margin and its return on inventory investment (capability 6.1; docs/formulas.md#gmroii). Arithmetic only: no ref,
   no join. Amounts in company currency; ratios are decimal(24, 6). #}

{# Gross margin / average inventory at cost. Null when the average is not positive. #}
{% macro kpi_gmroii(gross_margin_amount, avg_inventory_amount) -%}
    case when {{ avg_inventory_amount }} > 0 then {{ divide(gross_margin_amount, avg_inventory_amount) }} end
{%- endmacro %}

{# Why a GMROII of twelve months is null: open_month, no_sales (nobody sends invoices), short_history (stock or invoices
   do not reach back), no_cost, no_stock; null when it has a value. #}
{% macro kpi_gmroii_reason(
    gross_margin_amount, avg_inventory_amount, known_days, needed_days, sales_known, sales_complete, is_month_closed
) -%}
    case
        when not {{ is_month_closed }} then 'open_month'
        when not {{ sales_known }} then 'no_sales'
        when {{ known_days }} < {{ needed_days }} or not {{ sales_complete }} then 'short_history'
        when {{ gross_margin_amount }} is null or {{ avg_inventory_amount }} is null then 'no_cost'
        when {{ avg_inventory_amount }} <= 0 then 'no_stock'
    end
{%- endmacro %}

{# Gross margin / net sales; null when nothing was sold for money. #}
{% macro kpi_gross_margin_ratio(gross_margin_amount, net_sales_amount) -%}
    case when {{ net_sales_amount }} > 0 then {{ divide(gross_margin_amount, net_sales_amount) }} end
{%- endmacro %}

{# Net sales / average inventory at cost: the other factor of GMROII. Null when the average is not positive. #}
{% macro kpi_sales_to_stock_ratio(net_sales_amount, avg_inventory_amount) -%}
    case when {{ avg_inventory_amount }} > 0 then {{ divide(net_sales_amount, avg_inventory_amount) }} end
{%- endmacro %}
