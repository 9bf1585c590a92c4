{# When a supplier's lead time changes (capability 3.2; docs/formulas.md#lead-time-signal). Arithmetic on one row: no
   ref, no join. The F-test's probability comes from lead.int_lead__lead_time_chance. #}

{# Natural logarithm of a lead time, decimal(18, 6); a day at least, since goods of the same day have no logarithm. #}
{% macro kpi_log_lead_time(lead_time_days) -%}
    case
        when {{ lead_time_days }} is not null
            then {{ fixed_from_float('ln(cast(greatest(' ~ lead_time_days ~ ', 1) as double))', 6) }}
    end
{%- endmacro %}

{# How much wider one sample is than another, decimal(24, 6): recent over base; null where the base does not vary. #}
{% macro kpi_spread_ratio(recent_spread, base_spread) -%}
    {{ divide(recent_spread, base_spread) }}
{%- endmacro %}

{# Days and share by which the mean has moved. #}
{% macro kpi_lead_time_shift_ratio(recent_mean_days, base_mean_days) -%}
    {{ divide('(' ~ recent_mean_days ~ ') - (' ~ base_mean_days ~ ')', base_mean_days) }}
{%- endmacro %}

{# Chance of a receipt among those still awaited at an age: receipts at that age / lines that had not come before. #}
{% macro kpi_receipt_hazard(received_count, awaited_count) -%}
    {{ divide(received_count, awaited_count) }}
{%- endmacro %}

{# Receipts that are missing in a stretch of time, in standard deviations, decimal(24, 6): expected less received over
   the root of the expected, which is taken as one at least. Positive: later than the base. #}
{% macro kpi_late_deviation(expected_count, received_count) -%}
    {{ divide(
        '(' ~ expected_count ~ ') - (' ~ received_count ~ ')',
        square_root('greatest(' ~ expected_count ~ ', 1)')
    ) }}
{%- endmacro %}

{# Cumulative sum over a stretch: the running sum less its lowest value before any of the weeks looked at, never below
   nil: the most that has come together from any of them on. #}
{% macro kpi_cusum(running_sum, lowest_before) -%}
    greatest(({{ running_sum }}) - ({{ lowest_before }}), 0)
{%- endmacro %}

{# RED or AMBER by the spread: so many times as wide, and by more than chance explains; null where it is neither. #}
{% macro kpi_spread_signal(sd_ratio, p_value, amber_ratio, amber_p, red_ratio, red_p) -%}
    case
        when {{ sd_ratio }} >= {{ red_ratio }} and {{ p_value }} < {{ red_p }} then 'RED'
        when {{ sd_ratio }} >= {{ amber_ratio }} and {{ p_value }} < {{ amber_p }} then 'AMBER'
    end
{%- endmacro %}

{# The graver of the two: a level that has moved is RED. #}
{% macro kpi_lead_time_signal(is_level_signal, spread_signal) -%}
    case when {{ is_level_signal }} then 'RED' else {{ spread_signal }} end
{%- endmacro %}

{# Why a lead time is not compared with its base: no_order_line, no_receipt, insufficient, zero_variance. #}
{% macro kpi_lead_time_reason(line_count, recent_count, base_count, base_variance, recent_min, base_min) -%}
    case
        when {{ line_count }} = 0 then 'no_order_line'
        when {{ recent_count }} = 0 or {{ base_count }} = 0 then 'no_receipt'
        when {{ recent_count }} < {{ recent_min }} or {{ base_count }} < {{ base_min }} then 'insufficient'
        when {{ base_variance }} = 0 then 'zero_variance'
    end
{%- endmacro %}

{# What the signal rests on: level, spread, or level_and_spread; null without one. #}
{% macro kpi_lead_time_signal_reason(is_level_signal, spread_signal) -%}
    case
        when {{ is_level_signal }} and {{ spread_signal }} is not null then 'level_and_spread'
        when {{ is_level_signal }} then 'level'
        when {{ spread_signal }} is not null then 'spread'
    end
{%- endmacro %}
