{# Stock-outs and what they cost (capability 4.2; docs/formulas.md#stockout). Arithmetic on one row: no ref, no join. #}

{# Demand to expect on a weekday, base units a day, decimal(24, 6): the mean of its in-stock days, drawn towards the mean
   of all in-stock days as if those were `shrinkage` days more. Null without an in-stock day. #}
{% macro kpi_expected_daily_qty(weekday_qty, weekday_count, all_qty, all_count, shrinkage) -%}
    {{ kpi_shrunk(divide(weekday_qty, weekday_count), weekday_count, divide(all_qty, all_count), shrinkage) }}
{%- endmacro %}

{# Demand that was lost: what was expected beyond what was served, less what customers come back for, decimal(24, 4). #}
{% macro kpi_stockout_lost_qty(expected_qty, served_of_it_qty, recapture_ratio) -%}
    {{ product('greatest(' ~ expected_qty ~ ' - ' ~ served_of_it_qty ~ ', 0)', '1 - ' ~ recapture_ratio, 4) }}
{%- endmacro %}

{# Share of active days out of stock, decimal(24, 6); null without an active day. #}
{% macro kpi_stockout_day_ratio(oos_day_count, active_day_count) -%}
    {{ divide(oos_day_count, active_day_count) }}
{%- endmacro %}

{# Share of events whose cause is unknown, decimal(24, 6); null without an event. #}
{% macro kpi_unknown_cause_ratio(unknown_count, event_count) -%}
    {{ divide(unknown_count, event_count) }}
{%- endmacro %}

{# The stock a record should be reordered at, base units, decimal(24, 4): demand over lead time and review plus safety
   stock for the service level. Null without demand or lead time. #}
{% macro kpi_required_reorder_point(mean_daily_qty, cover_days, z, sigma_qty) -%}
    {{ kpi_cycle_demand(mean_daily_qty, cover_days) }} + {{ kpi_safety_stock(z, sigma_qty) }}
{%- endmacro %}

{# Whether a reorder point lies below what was required by more than the tolerance. #}
{% macro kpi_is_below_requirement(reorder_point_qty, required_qty, tolerance_ratio) -%}
    coalesce({{ reorder_point_qty }} < {{ multiply(required_qty, '1 - ' ~ tolerance_ratio) }}, false)
{%- endmacro %}

{# First true cause of the tree (B4.2). Each argument is a boolean that is not null; `exceeded`: more was demanded since
   the order than forecast and safety stock had room for. #}
{% macro kpi_stockout_cause(
    record_error, supplier, parameter, no_order, exceeded, promoted, internal, large_order
) -%}
    case
        when {{ record_error }} then 'record_error'
        when {{ supplier }} then 'supplier'
        when {{ parameter }} then 'parameter'
        when {{ no_order }} then 'no_order'
        when {{ exceeded }} and not {{ promoted }} then 'forecast'
        when {{ exceeded }} then 'promotion'
        when {{ internal }} then 'internal'
        when {{ large_order }} then 'allocation'
        else 'unknown'
    end
{%- endmacro %}

{# The function that a cause belongs to; null for an unknown one. #}
{% macro kpi_stockout_cause_family(cause) -%}
    case {{ cause }}
        when 'supplier' then 'supply'
        when 'parameter' then 'replenishment'
        when 'forecast' then 'demand_planning'
        when 'promotion' then 'demand_planning'
        when 'record_error' then 'execution'
        when 'no_order' then 'execution'
        when 'internal' then 'execution'
        when 'allocation' then 'execution'
    end
{%- endmacro %}

{# Demand of a day out of stock as it would have been, decimal(24, 4): what was expected, at most `cap` times the mean of
   in-stock days, but never less than what was served. #}
{% macro kpi_unconstrained_qty(served_qty, expected_qty, mean_qty, cap) -%}
    {{ fixed('greatest(' ~ served_qty ~ ', least(' ~ expected_qty ~ ', ' ~ multiply(mean_qty, cap) ~ '))') }}
{%- endmacro %}
