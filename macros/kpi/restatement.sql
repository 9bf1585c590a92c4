{# Value of a restated quantity in company currency: quantity x unit cost x average rate of the month of the event; null
   where no cost or no rate is known. decimal(24, 6). #}
{% macro kpi_restated_amount(quantity, unit_cost, rate) -%}
    {{ product(product(quantity, unit_cost), rate) }}
{%- endmacro %}
