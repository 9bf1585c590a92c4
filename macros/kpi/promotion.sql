{# What a promotion lifts, and what must be there before it (capability 3.5; docs/formulas.md#promotion). Arithmetic on
   one row: no ref, no join. #}

{# Seasonal index: mean of a day of the month over the mean of a day of all months; 1 where that is not known. #}
{% macro kpi_season_ratio(month_daily_qty, mean_daily_qty) -%}
    coalesce({{ divide(month_daily_qty, 'nullif(' ~ mean_daily_qty ~ ', 0)') }}, cast(1 as decimal(24, 6)))
{%- endmacro %}

{# Uplift: sold over expected, less 1 (100 against 80 is 0.25), decimal(24, 6); null without a baseline above nil. #}
{% macro kpi_uplift_ratio(promotion_qty, baseline_qty) -%}
    case when {{ baseline_qty }} > 0 then cast({{ divide(promotion_qty, baseline_qty) }} - 1 as decimal(24, 6)) end
{%- endmacro %}

{# Share of what was sold that the promotion brought, decimal(24, 6); null when nothing was sold. #}
{% macro kpi_incremental_share_ratio(promotion_qty, baseline_qty) -%}
    {{ divide('(' ~ promotion_qty ~ ') - (' ~ baseline_qty ~ ')', promotion_qty) }}
{%- endmacro %}

{# Standard error of an uplift by the delta method, decimal(24, 6): the variance of what was sold and, times the ratio
   of the two squared, that of the baseline. Null without a baseline. #}
{% macro kpi_uplift_error_ratio(promotion_variance, baseline_variance, promotion_qty, baseline_qty) -%}
    {%- set lift -%} cast({{ divide(promotion_qty, baseline_qty) }} as decimal(18, 6)) {%- endset -%}
    case
        when {{ baseline_qty }} > 0
            then {{ divide(
                square_root(
                    '(' ~ promotion_variance ~ ') + '
                    ~ multiply(product(lift, lift, 6, 18), baseline_variance)
                ),
                baseline_qty
            ) }}
    end
{%- endmacro %}

{# Units that other items of the category lack beside a promotion, signed: expected less sold. #}
{% macro kpi_cannibalised_qty(baseline_qty, sold_qty) -%}
    cast(({{ baseline_qty }}) - ({{ sold_qty }}) as decimal(24, 6))
{%- endmacro %}

{# Variance of a sum of n days of one deviation each, and of its expectation from means of so many points (spread_sum:
   per weekday, the square of its share of the days over its points, added up), as one deviation, decimal(24, 6). #}
{% macro kpi_sum_error_qty(day_variance, day_count, spread_sum) -%}
    {{ square_root(multiply(day_variance, '(' ~ day_count ~ ') + cast(' ~ spread_sum ~ ' as decimal(12, 6))')) }}
{%- endmacro %}

{# Why an uplift is not told: cancelled, not_started, promo_out_of_stock, insufficient_baseline, new_on_promo; else
   null. #}
{% macro kpi_uplift_reason(is_cancelled, is_started, measured_count, least_points, min_points, baseline_qty) -%}
    case
        when {{ is_cancelled }} then 'cancelled'
        when not {{ is_started }} then 'not_started'
        when {{ measured_count }} = 0 then 'promo_out_of_stock'
        when {{ least_points }} < {{ min_points }} then 'insufficient_baseline'
        when {{ baseline_qty }} <= 0 then 'new_on_promo'
    end
{%- endmacro %}

{# What must be had beyond what will be there on the eve, decimal(24, 6), not below nil: demand of the promotion and its
   safety stock, less usable stock and what is due before the start, plus the demand until then. #}
{% macro kpi_prebuild_qty(promotion_demand_qty, safety_stock_qty, usable_qty, due_qty, demand_before_qty) -%}
    cast(greatest(
        ({{ promotion_demand_qty }}) + ({{ safety_stock_qty }})
        - greatest(({{ usable_qty }}) + ({{ due_qty }}) - ({{ demand_before_qty }}), 0), 0
    ) as decimal(24, 6))
{%- endmacro %}

{# A need as an order: not below the least order, in whole multiples; nil stays nil. #}
{% macro kpi_rounded_order_qty(needed_qty, moq_qty, multiple_qty) -%}
    case
        when {{ needed_qty }} <= 0 then cast(0 as decimal(24, 6))
        when coalesce({{ multiple_qty }}, 0) <= 0
            then cast(greatest({{ needed_qty }}, coalesce({{ moq_qty }}, 0)) as decimal(24, 6))
        else cast(
            ceil({{ divide('greatest(' ~ needed_qty ~ ', coalesce(' ~ moq_qty ~ ', 0))', multiple_qty) }})
            * ({{ multiple_qty }}) as decimal(24, 6)
        )
    end
{%- endmacro %}
