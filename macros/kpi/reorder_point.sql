{# Reorder points and the orders they ask for (capability 7.2; docs/formulas.md#reorder-point). Arithmetic on one row. #}

{# Variance of demand over lead time and review, in squared base units, decimal(24, 6): demand and lead time independent.
   Null when a moment of demand or the lead time is; an unknown spread of lead time counts as none. #}
{% macro kpi_lead_time_demand_variance(mean_daily_qty, sd_daily_qty, cover_days, lead_time_sd_days) -%}
    {%- set sd = 'cast(' ~ sd_daily_qty ~ ' as decimal(24, 6))' -%}
    {%- set mean = 'cast(' ~ mean_daily_qty ~ ' as decimal(24, 6))' -%}
    {%- set spread = 'cast(coalesce(' ~ lead_time_sd_days ~ ', 0) as decimal(12, 6))' -%}
    {{ fixed(sd ~ ' * ' ~ sd ~ ' * (' ~ cover_days ~ ')', 6) }}
    + {{ fixed(mean ~ ' * ' ~ mean ~ ' * cast(' ~ spread ~ ' * ' ~ spread ~ ' as decimal(18, 6))', 6) }}
{%- endmacro %}

{# Demand to expect over lead time and review, base units, decimal(24, 4). #}
{% macro kpi_cycle_demand(mean_daily_qty, cover_days) -%}
    {{ fixed('cast(' ~ mean_daily_qty ~ ' as decimal(24, 6)) * cast(' ~ cover_days ~ ' as decimal(18, 6))') }}
{%- endmacro %}

{# Safety stock z x sigma, base units, decimal(24, 4); a service level below one half asks for none. #}
{% macro kpi_safety_stock(z, sigma_qty) -%}
    {{ fixed('cast(greatest(' ~ z ~ ', 0) as decimal(18, 8)) * cast(' ~ sigma_qty ~ ' as decimal(24, 6))') }}
{%- endmacro %}

{# Why there is no proposal: no_demand, short_history, no_lead_time, no_service_level; null when there is one. #}
{% macro kpi_reorder_point_reason(mean_daily_qty, sd_daily_qty, cover_days, z) -%}
    case
        when coalesce({{ mean_daily_qty }}, 0) <= 0 then 'no_demand'
        when {{ sd_daily_qty }} is null then 'short_history'
        when {{ cover_days }} is null then 'no_lead_time'
        when {{ z }} is null then 'no_service_level'
    end
{%- endmacro %}

{# A reorder point moved towards the raw one by at most `cap` of the one in force, decimal(24, 4). Without one in force, or
   with one of nothing, from which no share leads away, the raw one. Null without a raw one. #}
{% macro kpi_capped_reorder_point(raw_qty, current_qty, cap) -%}
    case
        when {{ raw_qty }} is null then null
        when coalesce({{ current_qty }}, 0) <= 0 then {{ fixed(raw_qty) }}
        else least(
            greatest({{ fixed(raw_qty) }}, {{ product(current_qty, '1 - ' ~ cap, 4) }}),
            {{ product(current_qty, '1 + ' ~ cap, 4) }}
        )
    end
{%- endmacro %}

{# Whether the reorder point in force lies further from the raw one than policy tolerates: a share of the raw one, but at
   least abs_tol base units. Null without either of the two. #}
{% macro kpi_is_reorder_point_off(current_qty, raw_qty, pct_tol, abs_tol) -%}
    abs({{ current_qty }} - {{ raw_qty }})
    > greatest({{ multiply('abs(' ~ raw_qty ~ ')', pct_tol) }}, {{ abs_tol }})
{%- endmacro %}

{# Quantity to order now, base units, decimal(24, 4): nothing above the reorder point; at or below it up to the reorder point
   and the order quantity, at least the MOQ, in whole multiples. Without an order quantity the MOQ stands in; without a
   multiple whole base units. Null without a reorder point. #}
{% macro kpi_suggested_order(net_position_qty, reorder_point_qty, order_qty, moq_qty, multiple_qty) -%}
    {%- set moq = 'coalesce(' ~ moq_qty ~ ', 0)' -%}
    {%- set step = 'coalesce(nullif(greatest(' ~ multiple_qty ~ ', 0), 0), 1)' -%}
    {%- set need = reorder_point_qty ~ ' + coalesce(' ~ order_qty ~ ', ' ~ moq ~ ') - ' ~ net_position_qty -%}
    {%- set wanted = 'greatest(' ~ need ~ ', ' ~ moq ~ ')' -%}
    case
        when {{ reorder_point_qty }} is null or {{ net_position_qty }} is null then null
        when {{ net_position_qty }} > {{ reorder_point_qty }} then cast(0 as decimal(24, 4))
        else {{ product('ceil(' ~ divide(wanted, step) ~ ')', step, 4) }}
    end
{%- endmacro %}

{# How lead time enters: 'p90' for a supplier with at least `min_lines` due lines of which less than `limit` came on time
   and in full, else 'standard'. #}
{% macro kpi_reorder_point_variant(otif_ratio, due_line_count, limit, min_lines) -%}
    case
        when coalesce({{ due_line_count }} >= {{ min_lines }} and {{ otif_ratio }} < {{ limit }}, false) then 'p90'
        else 'standard'
    end
{%- endmacro %}

{# Change asked for as a share of the reorder point in force, decimal(24, 6); null without one or with one of nothing. #}
{% macro kpi_reorder_point_change_ratio(proposed_qty, current_qty) -%}
    case when {{ current_qty }} > 0 then {{ divide(proposed_qty ~ ' - ' ~ current_qty, current_qty) }} end
{%- endmacro %}

{# Why a change has no ratio and no cap: that of the proposal, no_parameter, zero_reorder_point; null when it has. #}
{% macro kpi_change_reason(proposal_reason, current_qty) -%}
    case
        when {{ proposal_reason }} is not null then {{ proposal_reason }}
        when {{ current_qty }} is null then 'no_parameter'
        when {{ current_qty }} <= 0 then 'zero_reorder_point'
    end
{%- endmacro %}

{# Why a change has no value: that of the proposal, no_parameter, no_cost; null when it has. #}
{% macro kpi_stock_change_reason(proposal_reason, current_qty, unit_cost_amount) -%}
    case
        when {{ proposal_reason }} is not null then {{ proposal_reason }}
        when {{ current_qty }} is null then 'no_parameter'
        when {{ unit_cost_amount }} is null then 'no_cost'
    end
{%- endmacro %}

{# Whether the safety stock in force is so far from the proposed one that noise does not explain it; null without a share. #}
{% macro kpi_is_safety_stock_off(current_ratio, low_ratio, high_ratio) -%}
    {{ current_ratio }} < {{ low_ratio }} or {{ current_ratio }} > {{ high_ratio }}
{%- endmacro %}
