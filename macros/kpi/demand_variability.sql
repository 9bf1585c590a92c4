{# What the variability of demand asks for, and what a rule of one size would hold (capability 1.5;
   docs/formulas.md#demand-variability). Arithmetic on one row: no ref, no join. #}

{# Coefficient of variation of a day's demand, decimal(24, 6); null without demand. #}
{% macro kpi_demand_cv_ratio(sd_qty, mean_qty) -%}
    {{ divide(sd_qty, mean_qty) }}
{%- endmacro %}

{# Safety stock of one rule for all: z x deviation over lead time and review, not below nil, decimal(24, 6); null without
   a deviation. #}
{% macro kpi_uniform_ss_qty(z, sd_qty) -%}
    case when {{ sd_qty }} is not null then cast(greatest({{ multiply(sd_qty, z) }}, 0) as decimal(24, 6)) end
{%- endmacro %}

{# Most safety stock that is allowed: so many days of mean demand, or one typical order where that is more. #}
{% macro kpi_ss_cap_qty(cap_days, mean_daily_qty, order_size_qty) -%}
    cast(greatest({{ multiply(mean_daily_qty, cap_days) }}, coalesce({{ order_size_qty }}, 0)) as decimal(24, 6))
{%- endmacro %}

{# Safety stock by class: what the distribution asks for, within the cap and not below nil; null without either. #}
{% macro kpi_class_ss_qty(needed_qty, cap_qty) -%}
    case
        when {{ needed_qty }} is not null and {{ cap_qty }} is not null
            then cast(least(greatest({{ needed_qty }}, 0), {{ cap_qty }}) as decimal(24, 6))
    end
{%- endmacro %}
