{# What customers ordered against what left for them (capability 1.1; docs/formulas.md#fill-rate, A6-A8). Arithmetic on one
   row: no ref, no join. #}

{# Quantity a line stands for: what was ordered, or, where the customer took it back (customer, credit, duplicate), only
   what was shipped all the same. #}
{% macro kpi_asked_qty(ordered_qty, shipped_qty, cancel_reason) -%}
    case
        when {{ cancel_reason }} in ('customer', 'credit', 'duplicate')
            then least({{ ordered_qty }}, {{ shipped_qty }})
        else {{ ordered_qty }}
    end
{%- endmacro %}

{# Why a line is not judged: nothing_ordered, withdrawn (by the customer, before anything left), no_due_date or not_due
   (its day is not over); null when it is judged. #}
{% macro kpi_fill_reason(ordered_qty, asked_qty, due_date, as_of_date) -%}
    case
        when {{ ordered_qty }} <= 0 then 'nothing_ordered'
        when {{ asked_qty }} <= 0 then 'withdrawn'
        when {{ due_date }} is null then 'no_due_date'
        when {{ due_date }} >= {{ as_of_date }} then 'not_due'
    end
{%- endmacro %}

{# First-pass filled quantity: what was shipped by the day asked for, never more than was asked. #}
{% macro kpi_filled_qty(asked_qty, timely_qty) -%}
    greatest(least({{ asked_qty }}, {{ timely_qty }}), 0)
{%- endmacro %}

{# Share of a line's amount that a part of its quantity stands for, decimal(24, 6); null without an amount or quantity. #}
{% macro kpi_part_amount(amount, part_qty, whole_qty) -%}
    {{ divide(product(amount, part_qty), whole_qty) }}
{%- endmacro %}

{# Whether an order line came by its day (`is_on_time`): nothing shipped, or told to be delivered, is late; not told
   (null last day of something shipped) is undecided. #}
{% macro kpi_is_line_on_time(arrived_date, planned_date, late_days, is_told) -%}
    case
        when not {{ is_told }} then null
        when {{ arrived_date }} is null then false
        else {{ days_between(planned_date, arrived_date) }} <= {{ late_days }}
    end
{%- endmacro %}

{# Share of lines, units, value or orders that are so, decimal(24, 6); null when none was judged. #}
{% macro kpi_fill_ratio_of(part, whole) -%}
    {{ divide(part, whole) }}
{%- endmacro %}

{# Penalty of what is short, decimal(24, 6): a share of its sales price, or an amount a base unit; nil where the contract
   names none (penalty_reason no_penalty), null where its rate or the price is missing. #}
{% macro kpi_penalty_amount(short_qty, short_amount, price_ratio, unit_amount, penalty_reason) -%}
    case
        when {{ penalty_reason }} = 'no_penalty' then 0
        when {{ unit_amount }} is not null then {{ product(unit_amount, short_qty) }}
        else {{ product(short_amount, price_ratio) }}
    end
{%- endmacro %}

{# Months of a promised window of days: the nearest number of whole months, at least one; one where none is named. #}
{% macro kpi_window_month_count(window_days) -%}
    cast(greatest(coalesce({{ fixed(divide(window_days ~ ' * 12', 365), 0) }}, 1), 1) as integer)
{%- endmacro %}
