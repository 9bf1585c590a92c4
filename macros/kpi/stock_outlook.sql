{# What a stock record has in store (docs/formulas.md#stock-outlook). Arithmetic on one row: no ref, no join. #}

{# Days from the cut-off until stock and the receipts so far are used up at mean demand, whole days served; null without
   demand. #}
{% macro kpi_days_served(supply_qty, mean_daily_qty) -%}
    case
        when {{ mean_daily_qty }} > 0
            then cast(floor({{ divide('greatest(' ~ supply_qty ~ ', 0)', mean_daily_qty) }}) as decimal(24, 0))
    end
{%- endmacro %}

{# Demand that finds nothing: mean demand of the days until goods come, less the supply, not below nil, decimal(24, 6). #}
{% macro kpi_lost_qty(supply_qty, mean_daily_qty, until_days) -%}
    cast(greatest({{ multiply(mean_daily_qty, until_days) }} - greatest({{ supply_qty }}, 0), 0) as decimal(24, 6))
{%- endmacro %}

{# One label for a stock record, the first that holds: obsolete, new, out, below_safety_stock, reorder, excess, ok. #}
{% macro kpi_stock_status(
    is_ended, is_dead, is_new, available_qty, safety_stock_qty, net_position_qty, reorder_point_qty, excess_qty
) -%}
    case
        when {{ is_ended }} or {{ is_dead }} then 'obsolete'
        when {{ is_new }} then 'new'
        when {{ available_qty }} <= 0 then 'out'
        when {{ available_qty }} < {{ safety_stock_qty }} then 'below_safety_stock'
        when {{ net_position_qty }} <= {{ reorder_point_qty }} then 'reorder'
        when {{ available_qty }} > {{ excess_qty }} then 'excess'
        else 'ok'
    end
{%- endmacro %}

{# Whether a label counts as healthy; null for labels that say nothing about planning (new, obsolete). #}
{% macro kpi_is_stock_healthy(stock_status) -%}
    case
        when {{ stock_status }} in ('new', 'obsolete') then null
        else {{ stock_status }} in ('ok', 'reorder')
    end
{%- endmacro %}
