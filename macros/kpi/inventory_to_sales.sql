{# Inventory to sales (capability 4.4; docs/formulas.md#inventory-to-sales, A31, B4.4). Arithmetic only: no ref, no join.
   Amounts in company currency; ratios are decimal(24, 6). #}

{# Mean stock at the month ends of a period / mean sales of its months. Of one month: stock at its end / its sales. Null
   when nothing was sold. #}
{% macro kpi_inventory_to_sales(stock_sum_amount, sales_amount) -%}
    case when {{ sales_amount }} > 0 then {{ divide(stock_sum_amount, sales_amount) }} end
{%- endmacro %}

{# Mean stock at the month ends of a period / all its sales: the part of the period that stock would last. #}
{% macro kpi_stock_to_period_sales(stock_sum_amount, sales_amount, months) -%}
    case
        when {{ sales_amount }} > 0
            then {{ divide(stock_sum_amount, 'cast(' ~ sales_amount ~ ' as decimal(24, 4)) * ' ~ months) }}
    end
{%- endmacro %}

{# Why an inventory-to-sales ratio is null: open_month, no_sales (no invoices are sent, or nothing was sold on balance),
   short_history (stock or invoices of the period are not known), no_cost; null when it has a value. #}
{% macro kpi_inventory_to_sales_reason(stock_sum_amount, sales_amount, is_over, is_sent, is_complete) -%}
    case
        when not {{ is_over }} then 'open_month'
        when not {{ is_sent }} then 'no_sales'
        when not {{ is_complete }} then 'short_history'
        when {{ stock_sum_amount }} is null or {{ sales_amount }} is null then 'no_cost'
        when {{ sales_amount }} <= 0 then 'no_sales'
    end
{%- endmacro %}

{# Growth over the value of a year before; null when that was not positive. #}
{% macro kpi_growth_ratio(amount, amount_before) -%}
    case
        when {{ amount_before }} > 0
            then {{ divide('(' ~ amount ~ ') - (' ~ amount_before ~ ')', amount_before) }}
    end
{%- endmacro %}

{# What is out of line with the same period a year before, strictly beyond the limits: ratio_up, sales_behind_stock,
   ratio_up_and_sales_behind_stock; aligned when neither; null when a year before is not known. #}
{% macro kpi_alignment_code(ratio_change, sales_growth, stock_growth, change_limit, gap_limit) -%}
    case
        when {{ ratio_change }} is null or {{ sales_growth }} is null or {{ stock_growth }} is null then null
        when {{ ratio_change }} > {{ change_limit }} and {{ sales_growth }} - {{ stock_growth }} < -{{ gap_limit }}
            then 'ratio_up_and_sales_behind_stock'
        when {{ ratio_change }} > {{ change_limit }} then 'ratio_up'
        when {{ sales_growth }} - {{ stock_growth }} < -{{ gap_limit }} then 'sales_behind_stock'
        else 'aligned'
    end
{%- endmacro %}
