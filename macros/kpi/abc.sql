{# ABC, XYZ and demand class (capabilities 4.5 and 1.5; docs/formulas.md#abc, A13-A17). Arithmetic on one row: no ref, no join. #}

{# ABC class of an item in a list sorted by falling value.
     cumulative_before, cumulative_through  value of all items before / up to and including this one
     total       value of the whole list; null or zero gives null
     boundary    policy abc_boundary: 'before' puts the item that crosses the limit into the better class,
                 'after' into the worse
   Result: 'A', 'B', 'C' or null. #}
{% macro kpi_abc_class(cumulative_before, cumulative_through, total, a_limit, b_limit, boundary) -%}
    case
        when {{ total }} is null or {{ total }} <= 0 then null
        when {{ boundary }} = 'before' and {{ cumulative_before }} < {{ a_limit }} * {{ total }} then 'A'
        when {{ boundary }} = 'before' and {{ cumulative_before }} < {{ b_limit }} * {{ total }} then 'B'
        when {{ boundary }} = 'after' and {{ cumulative_through }} <= {{ a_limit }} * {{ total }} then 'A'
        when {{ boundary }} = 'after' and {{ cumulative_through }} <= {{ b_limit }} * {{ total }} then 'B'
        when {{ boundary }} in ('before', 'after') then 'C'
    end
{%- endmacro %}

{# Class after hysteresis: an item moves only when it lies further than `hysteresis` (a share of the total) beyond the limit that
   bounds the class it had; 0 moves it as soon as it is cut elsewhere. N, D and items without a class before are not held.
   previous: class of the review before. The other arguments are those of kpi_abc_class. #}
{% macro kpi_held_class(
    cut_class, previous, cumulative_before, cumulative_through, total, a_limit, b_limit, boundary, hysteresis
) -%}
    {%- set before, through = boundary ~ " = 'before'", boundary ~ " = 'after'" -%}
    {%- set over_a, over_b = [
        '(' ~ a_limit ~ ' + ' ~ hysteresis ~ ') * ' ~ total, '(' ~ b_limit ~ ' + ' ~ hysteresis ~ ') * ' ~ total
    ] -%}
    {%- set under_a, under_b = [
        '(' ~ a_limit ~ ' - ' ~ hysteresis ~ ') * ' ~ total, '(' ~ b_limit ~ ' - ' ~ hysteresis ~ ') * ' ~ total
    ] -%}
    case
        when coalesce({{ cut_class }}, '-') not in ('A', 'B', 'C') then {{ cut_class }}
        when
            {{ previous }} = 'A'
            and (
                ({{ before }} and {{ cumulative_before }} < {{ over_a }})
                or ({{ through }} and {{ cumulative_through }} <= {{ over_a }})
            )
            then 'A'
        when
            {{ previous }} = 'B'
            and (
                (
                    {{ before }}
                    and {{ cumulative_before }} >= {{ under_a }}
                    and {{ cumulative_before }} < {{ over_b }}
                )
                or (
                    {{ through }}
                    and {{ cumulative_through }} > {{ under_a }}
                    and {{ cumulative_through }} <= {{ over_b }}
                )
            )
            then 'B'
        when
            {{ previous }} = 'C'
            and (
                ({{ before }} and {{ cumulative_before }} >= {{ under_b }})
                or ({{ through }} and {{ cumulative_through }} > {{ under_b }})
            )
            then 'C'
        else {{ cut_class }}
    end
{%- endmacro %}

{# Sum of squares over squared sum, decimal(24, 12); null for a zero sum. The first half of kpi_cv2, in a column of its own
   so that the SQL stays readable. The square of a large sum (a bulk good kept in grams) would overflow: both sides are
   scaled down first, the ratio stays. #}
{% macro kpi_mean_square_ratio(sum_x, sum_x2) -%}
    {%- set is_large = 'abs(' ~ sum_x ~ ') >= 1000000' -%}
    {%- set small_x = 'case when ' ~ is_large ~ ' then ' ~ multiply(sum_x, '0.001') ~ ' else ' ~ sum_x ~ ' end' -%}
    {%- set small_x2 = 'case when ' ~ is_large ~ ' then (' ~ sum_x2 ~ ') * 0.000001 else ' ~ sum_x2 ~ ' end' -%}
    {{ divide(small_x2, multiply(small_x, small_x), 12) }}
{%- endmacro %}

{# Squared coefficient of variation from exact sums: n observations and their kpi_mean_square_ratio. Sample variance
   (n - 1); null for fewer than two observations or a zero mean. Result: decimal(24, 6). #}
{% macro kpi_cv2(n, mean_square_ratio) -%}
    {%- set spread = 'cast(cast(' ~ n ~ ' as decimal(6, 0)) * ' ~ mean_square_ratio ~ ' as decimal(20, 8)) - 1' -%}
    case
        when {{ n }} >= 2
            then {{ divide('cast(' ~ n ~ ' as decimal(6, 0)) * (' ~ spread ~ ')', n ~ ' - 1') }}
    end
{%- endmacro %}

{# Demand class after Syntetos and Boylan: equal to a cut-off goes to the harder class. #}
{% macro kpi_demand_class(adi, cv2, adi_cut, cv2_cut) -%}
    case
        when {{ adi }} is null then null
        when {{ adi }} < {{ adi_cut }} and coalesce({{ cv2 }}, 0) < {{ cv2_cut }} then 'smooth'
        when {{ adi }} < {{ adi_cut }} then 'erratic'
        when coalesce({{ cv2 }}, 0) < {{ cv2_cut }} then 'intermittent'
        else 'lumpy'
    end
{%- endmacro %}

{# XYZ class from the squared coefficient of variation over all periods: X, Y or Z; null without one. #}
{% macro kpi_xyz_class(cv2, x_limit, y_limit) -%}
    case
        when {{ cv2 }} is null then null
        when {{ cv2 }} <= {{ x_limit }} * {{ x_limit }} then 'X'
        when {{ cv2 }} <= {{ y_limit }} * {{ y_limit }} then 'Y'
        else 'Z'
    end
{%- endmacro %}

{# Value of items by two reviews, decimal(24, 4): the mean of their usage at both, so that what fell out of use weighs like
   what came into it. #}
{% macro kpi_migration_amount(previous_usage_amount, usage_amount) -%}
    {{ divide('(' ~ previous_usage_amount ~ ') + (' ~ usage_amount ~ ')', 2, 4) }}
{%- endmacro %}

{# Where a planned value lies beside the bounds of its class: `below` or `above` in the words given, `missing` where nothing is
   planned, null within the bounds. #}
{% macro kpi_class_gap(planned, low, high, below, above, missing) -%}
    case
        when {{ planned }} is null then {{ missing }}
        when {{ planned }} < {{ low }} then '{{ below }}'
        when {{ planned }} > {{ high }} then '{{ above }}'
    end
{%- endmacro %}
