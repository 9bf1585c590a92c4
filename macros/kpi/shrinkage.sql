{# Shrinkage (capability 4.6; docs/formulas.md#shrinkage, A21). Arithmetic on one row: no ref, no join. Losses are above
   zero, found stock below. #}

{# What a quantity missed at a count comes to, decimal(24, 4); null without a price. #}
{% macro kpi_shrink_amount(qty, unit_amount) -%}
    {{ product(qty, unit_amount, 4) }}
{%- endmacro %}

{# Net loss over what was sold meanwhile (net sales at retail, cost of sales at cost), decimal(24, 6); null where nothing
   was sold, or less than came back. #}
{% macro kpi_shrinkage_ratio(loss_amount, found_amount, sold_amount) -%}
    case
        when {{ sold_amount }} > 0 then {{ divide('(' ~ loss_amount ~ ') - (' ~ found_amount ~ ')', sold_amount) }}
    end
{%- endmacro %}

{# Net loss a year over the stock that was held, decimal(24, 6): loss x 365 / value-days; null where nothing was held. #}
{% macro kpi_shrinkage_stock_ratio(loss_amount, found_amount, value_days) -%}
    case
        when {{ value_days }} > 0
            then {{ divide('((' ~ loss_amount ~ ') - (' ~ found_amount ~ ')) * 365', value_days) }}
    end
{%- endmacro %}

{# Why there is no ratio, the first that holds: open_quarter, no_count (no count with one before it), low_coverage (too
   little of the stock was counted), the reason of the measure, no_sales. Null when there is a ratio. #}
{% macro kpi_shrinkage_reason(is_closed, counts, coverage, min_coverage, measured, without_measure, sold_amount) -%}
    case
        when not {{ is_closed }} then 'open_quarter'
        when {{ counts }} = 0 then 'no_count'
        when {{ coverage }} is null or {{ coverage }} < {{ min_coverage }} then 'low_coverage'
        when {{ measured }} = 0 then '{{ without_measure }}'
        when {{ sold_amount }} <= 0 then 'no_sales'
    end
{%- endmacro %}

{# Whether a ratio is above a reference for sure: itself and its lower bound, strictly, from enough counts. False, not
   null, where one of them is missing. #}
{% macro kpi_is_shrink_gap(ratio, lower_ratio, reference, counts, min_counts) -%}
    coalesce(
        {{ ratio }} > {{ reference }} and {{ lower_ratio }} > {{ reference }} and {{ counts }} >= {{ min_counts }}, false
    )
{%- endmacro %}
