{# Turnover against physical audit and the figures an ERP reports (capabilities 6.1, 6.6; docs/formulas.md#turnover-audit).
   Arithmetic only: no ref, no join. Amounts in company currency; ratios are decimal(24, 6). #}

{# An amount of so many whole months as one of a year: x 12 / months. decimal(24, 4). #}
{% macro kpi_yearly_amount(amount, month_count) -%}
    {{ divide('(' ~ amount ~ ') * 12', month_count, 4) }}
{%- endmacro %}

{# Mean of the month ends of a period, with the one before it where that is known. decimal(24, 4). #}
{% macro kpi_month_end_average(closing_sum_amount, opening_amount, month_count) -%}
    {{ divide(
        '(' ~ closing_sum_amount ~ ') + coalesce(' ~ opening_amount ~ ', 0)',
        '(' ~ month_count ~ ') + case when ' ~ opening_amount ~ ' is null then 0 else 1 end', 4
    ) }}
{%- endmacro %}

{# How far a figure lies from the one it is held against: figure / other - 1. Null when the other is zero or unknown. #}
{% macro kpi_turnover_deviation(figure, other) -%}
    {{ divide('(' ~ figure ~ ') - (' ~ other ~ ')', other) }}
{%- endmacro %}

{# Why a figure that an ERP reports has none of ours beside it, over a row of `rows`: period (it does not end
   with a closed month, takes months in part, or more than twelve), unknown_scope (no stock record of ours), no_sales, short_history, no_cost, low_cost_coverage, no_stock, no_demand
   (nothing to divide by); null when it has one. #}
{% macro kpi_reported_reason(rows, min_coverage, min_cost_coverage) -%}
    case
        when not coalesce({{ rows }}.is_closed_period, false) or {{ rows }}.month_count > 12 then 'period'
        when {{ rows }}.known_day_count is null then 'unknown_scope'
        when {{ rows }}.known_day_count > {{ rows }}.period_day_count then 'period'
        when {{ rows }}.kpi_id = 'gmroii' and not {{ rows }}.is_sales_known then 'no_sales'
        when {{ rows }}.known_day_count < {{ min_coverage }} * {{ rows }}.period_day_count then 'short_history'
        when {{ rows }}.numerator_amount is null or {{ rows }}.avg_inventory_amount is null then 'no_cost'
        when {{ rows }}.cost_coverage_ratio < {{ min_cost_coverage }} then 'low_cost_coverage'
        when {{ rows }}.avg_inventory_amount <= 0 then 'no_stock'
        when {{ rows }}.numerator_amount = 0 then 'no_demand'
    end
{%- endmacro %}

{# agree: within the tolerance, the bound included; other_average: it would be on the mean of month ends; differs;
   not_comparable where there is a reason why not. #}
{% macro kpi_reported_verdict(reason, reported_rate, book_rate, month_end_rate, tolerance) -%}
    case
        when {{ reason }} is not null then 'not_comparable'
        when abs(({{ reported_rate }}) - ({{ book_rate }})) <= {{ tolerance }} * abs({{ book_rate }}) then 'agree'
        when abs(({{ reported_rate }}) - ({{ month_end_rate }})) <= {{ tolerance }} * abs({{ month_end_rate }})
            then 'other_average'
        else 'differs'
    end
{%- endmacro %}
