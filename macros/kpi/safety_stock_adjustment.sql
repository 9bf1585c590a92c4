{# Safety stock that follows the forecast error (capability 3.1; docs/formulas.md#safety-stock-adjustment, A33). Arithmetic
   on one row: no ref, no join. #}

{# Safety stock needed: z x deviation over lead time and review, not below nil, decimal(24, 6); null without either. #}
{% macro kpi_adjusted_ss_qty(z, sd_qty) -%}
    case
        when {{ z }} is not null and {{ sd_qty }} is not null
            then cast(greatest({{ multiply(sd_qty, z) }}, 0) as decimal(24, 6))
    end
{%- endmacro %}

{# One step of safety stock: the ratio needed, kept within 1 less and 1 plus the cap, decimal(24, 6); null without it. #}
{% macro kpi_ss_step_ratio(raw_ratio, step_cap) -%}
    case
        when {{ raw_ratio }} is not null
            then cast(least(greatest({{ raw_ratio }}, 1 - {{ step_cap }}), 1 + {{ step_cap }}) as decimal(24, 6))
    end
{%- endmacro %}

{# Why there is no step: no_ss (none planned, or nil), no_demand, no_lead_time, insufficient (too few closed months or
   errors); null when there is one. #}
{% macro kpi_ss_adjustment_reason(old_qty, mean_daily_qty, lead_days, month_count, min_months, points, min_points) -%}
    case
        when {{ old_qty }} is null or {{ old_qty }} <= 0 then 'no_ss'
        when {{ mean_daily_qty }} is null or {{ mean_daily_qty }} <= 0 then 'no_demand'
        when {{ lead_days }} is null then 'no_lead_time'
        when {{ month_count }} < {{ min_months }} or {{ points }} < {{ min_points }} then 'insufficient'
    end
{%- endmacro %}

{# What to do: fix_forecast_first where the forecast leans (a bias is no reason for stock), raise where the error
   deteriorates and more is needed, lower where it improves and less is, hold otherwise; null without a step. #}
{% macro kpi_ss_action(step_ratio, trend, is_biased) -%}
    case
        when {{ step_ratio }} is null then null
        when {{ is_biased }} then 'fix_forecast_first'
        when {{ trend }} = 'deteriorating' and {{ step_ratio }} > 1 then 'raise'
        when {{ trend }} = 'improving' and {{ step_ratio }} < 1 then 'lower'
        else 'hold'
    end
{%- endmacro %}
