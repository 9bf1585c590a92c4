{# Receipt of purchase order lines against the promise (capability 3.4; docs/formulas.md#receipt-variance, A23-A26, A36).
   Arithmetic only: no ref, no join. Days are whole calendar days; a deviation above zero is late, below zero early. #}

{# |deviation| / planned lead time, decimal(24, 6); null when the promise lies on or before the order. #}
{% macro kpi_date_variance_ratio(deviation_days, planned_days) -%}
    case when {{ planned_days }} > 0 then {{ divide('abs(' ~ deviation_days ~ ')', planned_days) }} end
{%- endmacro %}

{# Whether a deviation is an alert: above the tolerated share of the planned lead time and above a least number of days,
   both strictly; without a planned lead time above an absolute number of days. Null without a deviation. #}
{% macro kpi_is_date_alert(deviation_days, planned_days, variance_pct, min_days, abs_days) -%}
    case
        when {{ deviation_days }} is null then null
        when {{ planned_days }} > 0
            then
                abs({{ deviation_days }}) > {{ multiply(planned_days, variance_pct) }}
                and abs({{ deviation_days }}) > {{ min_days }}
        else abs({{ deviation_days }}) > {{ abs_days }}
    end
{%- endmacro %}

{# early, on_time or late by the sign of the deviation; null without one. #}
{% macro kpi_date_direction(deviation_days) -%}
    case
        when {{ deviation_days }} > 0 then 'late'
        when {{ deviation_days }} < 0 then 'early'
        when {{ deviation_days }} = 0 then 'on_time'
    end
{%- endmacro %}

{# (accepted - ordered) / ordered, signed, decimal(24, 6); null when nothing was ordered. #}
{% macro kpi_quantity_variance_ratio(accepted_qty, ordered_qty) -%}
    case
        when {{ ordered_qty }} > 0
            then {{ divide('(' ~ accepted_qty ~ ') - (' ~ ordered_qty ~ ')', ordered_qty) }}
    end
{%- endmacro %}

{# Whether the accepted quantity is off the ordered by more than the tolerated share, strictly, either way. #}
{% macro kpi_is_quantity_alert(accepted_qty, ordered_qty, variance_pct) -%}
    case
        when {{ ordered_qty }} > 0
            then abs(({{ accepted_qty }}) - ({{ ordered_qty }})) > {{ multiply(ordered_qty, variance_pct) }}
    end
{%- endmacro %}

{# Whether a line came by its promise, not later than `late_days` after it; coming more than `early_days` before it counts
   against the line only by the rule 'punished' ('shown': it does not). An unfinished line (`is_received` false) is late as
   soon as its deviation so far is, and undecided (null) until then. #}
{% macro kpi_is_on_time(deviation_days, is_received, late_days, early_days, early_rule) -%}
    case
        when {{ deviation_days }} > {{ late_days }} then false
        when not {{ is_received }} then null
        when {{ early_rule }} = 'punished' and {{ deviation_days }} < -({{ early_days }}) then false
        else {{ deviation_days }} <= {{ late_days }}
    end
{%- endmacro %}

{# Whether a line came in full: nothing missing and no more than the tolerated share too much. #}
{% macro kpi_is_in_full(is_received_in_full, accepted_qty, ordered_qty, over_pct) -%}
    {{ is_received_in_full }}
    and ({{ accepted_qty }}) - ({{ ordered_qty }}) <= {{ multiply(ordered_qty, over_pct) }}
{%- endmacro %}

{# On time and in full: false as soon as one of them is, true when both are, else undecided (null). #}
{% macro kpi_is_otif(is_on_time, is_in_full) -%}
    {{ is_on_time }} and {{ is_in_full }}
{%- endmacro %}

{# Share of lines (or of their value) that are so, decimal(24, 6); null when none was judged. #}
{% macro kpi_line_share_ratio(part, whole) -%}
    {{ divide(part, whole) }}
{%- endmacro %}
