{# How often flags are right (capability 2.2; docs/formulas.md#flag-precision). Arithmetic on one row: no ref, no join. #}

{# Whether a count found less than the book said, beyond the tolerance, a share of the book. Goods beyond the book are not
   missing. Null without a tolerance. #}
{% macro kpi_is_stock_missing(book_qty, counted_qty, tolerance_ratio) -%}
    ({{ counted_qty }}) < ({{ book_qty }}) and not ({{ kpi_is_count_hit(book_qty, counted_qty, tolerance_ratio) }})
{%- endmacro %}

{# Share of the judged flags that were right: confirmed over confirmed and false alarms. decimal(24, 6); null while fewer
   than `min_verdicts` were judged, or none. #}
{% macro kpi_flag_precision_ratio(confirmed_count, false_alarm_count, min_verdicts) -%}
    case
        when ({{ confirmed_count }}) + ({{ false_alarm_count }}) >= {{ min_verdicts }}
            then {{ divide(confirmed_count, '(' ~ confirmed_count ~ ') + (' ~ false_alarm_count ~ ')') }}
    end
{%- endmacro %}

{# Why there is no precision: no_verdict where nothing was judged, few_verdicts where too little. #}
{% macro kpi_flag_precision_reason(confirmed_count, false_alarm_count, min_verdicts) -%}
    case
        when ({{ confirmed_count }}) + ({{ false_alarm_count }}) = 0 then 'no_verdict'
        when ({{ confirmed_count }}) + ({{ false_alarm_count }}) < {{ min_verdicts }} then 'few_verdicts'
    end
{%- endmacro %}
