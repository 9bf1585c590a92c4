{# How right records are found when they are counted (capability 6.3; docs/formulas.md#count-accuracy). Arithmetic on one
   row: no ref, no join. #}

{# Whether a count finds the record right: within the tolerance, a share of the book, both sides included. A book of nil
   is right only when nothing is found. Null without a tolerance. #}
{% macro kpi_is_count_hit(book_qty, counted_qty, tolerance_ratio) -%}
    abs(cast({{ counted_qty }} as decimal(20, 4)) - ({{ book_qty }}))
    <= cast({{ multiply('abs(' ~ book_qty ~ ')', tolerance_ratio) }} as decimal(30, 10))
{%- endmacro %}

{# Share of counts that found the record right, of records that were repeated, of money that was off: one sum over
   another. decimal(24, 6); null when nothing was counted. #}
{% macro kpi_count_ratio(part, whole) -%}
    {{ divide(part, whole) }}
{%- endmacro %}

{# Slope of a least-squares line through points (x, y), from their exact sums: change of y per step of x.
   decimal(24, 8); null unless there are two different x. #}
{% macro kpi_count_trend_slope(n, sum_x, sum_y, sum_xx, sum_xy) -%}
    {{ divide(
        '(' ~ n ~ ') * (' ~ sum_xy ~ ') - (' ~ sum_x ~ ') * (' ~ sum_y ~ ')',
        '(' ~ n ~ ') * (' ~ sum_xx ~ ') - (' ~ sum_x ~ ') * (' ~ sum_x ~ ')',
        8
    ) }}
{%- endmacro %}

{# Days until a falling accuracy meets its target when it goes on falling so; null while it does not fall and once it is
   there. decimal(24, 1). #}
{% macro kpi_days_to_breach(accuracy_ratio, target_ratio, weekly_slope) -%}
    case
        when {{ weekly_slope }} < 0 and {{ accuracy_ratio }} > {{ target_ratio }}
            then {{ divide(
                '7 * ((' ~ accuracy_ratio ~ ') - (' ~ target_ratio ~ '))', 'cast(-(' ~ weekly_slope ~ ') as decimal(24, 6))', 1
            ) }}
    end
{%- endmacro %}

{# Chance that a record is wrong: by what its own signs say or what counts of its class at its site found, taken as
   independent [own design]. decimal(18, 6); a missing part counts as nil. #}
{% macro kpi_error_probability(phantom_probability, miss_probability) -%}
    cast(
        1 - (1 - cast(coalesce({{ phantom_probability }}, 0) as decimal(9, 6)))
        * (1 - cast(coalesce({{ miss_probability }}, 0) as decimal(9, 6)))
        as decimal(18, 6)
    )
{%- endmacro %}

{# What speaks for counting a record: its money x the chance that it is wrong x the days since its count.
   decimal(24, 4); null without a cost. #}
{% macro kpi_count_weight(on_hand_amount, error_probability, days_since_count) -%}
    cast(
        cast(cast({{ on_hand_amount }} as decimal(20, 4)) * cast({{ error_probability }} as decimal(9, 6)) as decimal(24, 4))
        * coalesce({{ days_since_count }}, 0)
        as decimal(24, 4)
    )
{%- endmacro %}
