{# FIFO layers of stock (capabilities 4.1, 7.4; docs/formulas.md#stock-layer). Arithmetic on one row: no ref, no join. #}

{# What is left of one receipt when the oldest goods leave first: the stock that newer receipts do not explain, at most what
   was received, never below nil. decimal(18, 4). #}
{% macro kpi_fifo_layer_qty(on_hand_qty, received_qty, newer_qty) -%}
    cast(greatest(least({{ received_qty }}, {{ on_hand_qty }} - ({{ newer_qty }})), 0) as decimal(18, 4))
{%- endmacro %}

{# Why the age of a stock that no receipt explains is not known: negative_history (it was sold before it was received, so
   that receipts and stock do not match), else no_inbound. #}
{% macro kpi_unexplained_layer_reason(lowest_qty) -%}
    case when {{ lowest_qty }} < 0 then 'negative_history' else 'no_inbound' end
{%- endmacro %}

{# Days that a layer has been here at a date; a receipt of a site whose day has already changed is nil days old. #}
{% macro kpi_layer_age_days(receipt_date, as_of_date) -%}
    greatest({{ days_between(receipt_date, as_of_date) }}, 0)
{%- endmacro %}

{# Value of a layer at its unit cost, decimal(24, 4); null without a cost. #}
{% macro kpi_layer_amount(layer_qty, unit_cost_amount) -%}
    {{ product(layer_qty, unit_cost_amount, 4) }}
{%- endmacro %}
