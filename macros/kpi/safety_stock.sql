{# How safety stock does its work (capability 1.4; docs/formulas.md#safety-stock). Arithmetic on one row: no ref, no join. #}

{# Whether a cycle left somebody without: demand that was not met, where orders are known; else stock that ran out. #}
{% macro kpi_is_cycle_short(is_demand_told, unmet_qty, least_on_hand_qty) -%}
    case when {{ is_demand_told }} then {{ unmet_qty }} > 0 else {{ least_on_hand_qty }} <= 0 end
{%- endmacro %}

{# Whether a cycle's least stock went below the safety stock, strictly; null without a safety stock above nil. #}
{% macro kpi_is_penetrated(least_on_hand_qty, safety_stock_qty) -%}
    case when {{ safety_stock_qty }} > 0 then {{ least_on_hand_qty }} < {{ safety_stock_qty }} end
{%- endmacro %}

{# Share of cycles, decimal(24, 6); null without a cycle. #}
{% macro kpi_cycle_share_ratio(part_count, cycle_count) -%}
    {{ divide(part_count, cycle_count) }}
{%- endmacro %}

{# RED: more cycles ran out than the service level allows, and by more than chance explains (one-sided binomial). Null
   with too few cycles to say. #}
{% macro kpi_is_red(stockout_count, cycle_count, service_level, tail_probability, min_cycles, significance) -%}
    case
        when {{ cycle_count }} >= {{ min_cycles }}
            then
                {{ stockout_count }} > {{ multiply(cycle_count, '1 - ' ~ service_level) }}
                and {{ tail_probability }} < {{ significance }}
    end
{%- endmacro %}

{# BLUE: stock hardly ever goes into the safety stock: it is more than is needed. Null with too few cycles to say. #}
{% macro kpi_is_blue(penetrated_count, cycle_count, min_cycles, blue_ratio) -%}
    case
        when {{ cycle_count }} >= {{ min_cycles }} and {{ penetrated_count }} is not null
            then {{ penetrated_count }} < {{ multiply(cycle_count, blue_ratio) }}
    end
{%- endmacro %}

{# Function that leads a review: procurement where a supplier's order is late, or where what is bought is too much
   (BLUE); logistics otherwise. #}
{% macro kpi_review_function(trigger_code, is_supply_late) -%}
    case when {{ is_supply_late }} or {{ trigger_code }} = 'BLUE' then 'procurement' else 'logistics' end
{%- endmacro %}

{# State of a review: done with an outcome (a deferred one stays open), cleared when the breach ended first, else open. #}
{% macro kpi_review_state(review_outcome, closed_date) -%}
    case
        when {{ review_outcome }} <> 'deferred' then 'done'
        when {{ closed_date }} is not null then 'cleared'
        else 'open'
    end
{%- endmacro %}

{# What the trigger of a record is now: the gravest that holds; null where none does. #}
{% macro kpi_trigger_code(is_red, is_amber, is_blue) -%}
    case when {{ is_red }} then 'RED' when {{ is_amber }} then 'AMBER' when {{ is_blue }} then 'BLUE' end
{%- endmacro %}

{# Why a record cannot be judged by its cycles: no_ss (the ERP plans with none, or with nil), insufficient (fewer cycles
   than policy ss_min_cycles); null when it can. #}
{% macro kpi_safety_stock_reason(safety_stock_qty, cycle_count, min_cycles) -%}
    case
        when {{ safety_stock_qty }} is null or {{ safety_stock_qty }} <= 0 then 'no_ss'
        when {{ cycle_count }} is null or {{ cycle_count }} < {{ min_cycles }} then 'insufficient'
    end
{%- endmacro %}
