{# Write-offs, obsolete stock and net realisable value (capability 4.1; docs/formulas.md#obsolescence, A22, A32). Arithmetic on one
   row: no ref, no join. Amounts in company currency unless a name says otherwise. #}

{# Share of a reversal that counts, 0 to 1: it gives back at most what the posting it names took and earlier reversals left
   (IAS 2.33); one that names no posting we know counts whole; under US GAAP a write-down is never given back (ASC 330-10-35-14).
   All amounts positive, of one currency. #}
{% macro kpi_reversal_share(reversal_amount, original_amount, reversed_before_amount, reversed_kind, framework) -%}
    case
        when {{ framework }} = 'us_gaap' and {{ reversed_kind }} = 'write_down' then 0
        when {{ original_amount }} is null or {{ reversal_amount }} = 0 then 1
        else {{ divide(
            'least(' ~ reversal_amount ~ ', greatest(' ~ original_amount ~ ' - coalesce(' ~ reversed_before_amount ~ ', 0), 0))',
            reversal_amount
        ) }}
    end
{%- endmacro %}

{# What write-offs are compared with, by policy writeoff_base: avg_inventory (at cost), cogs or gross_stock (at the end). #}
{% macro kpi_write_off_base(base, avg_inventory_amount, cogs_amount, closing_amount) -%}
    case {{ base }}
        when 'avg_inventory' then {{ avg_inventory_amount }}
        when 'cogs' then {{ cogs_amount }}
        when 'gross_stock' then {{ closing_amount }}
    end
{%- endmacro %}

{# Write-off rate: net write-offs / base; null when the base is not positive. decimal(24, 6). #}
{% macro kpi_write_off_ratio(net_write_off_amount, base_amount) -%}
    case when {{ base_amount }} > 0 then {{ divide(net_write_off_amount, base_amount) }} end
{%- endmacro %}

{# A year at the rate of a period: net write-offs x 365 / value-days; null when nothing of value was held. decimal(24, 6). #}
{% macro kpi_write_off_year_ratio(net_write_off_amount, value_days) -%}
    {{ kpi_carrying_cost_ratio(net_write_off_amount, value_days) }}
{%- endmacro %}

{# Value-days as the average over years of 365 real days: what a sum of twelve months is compared with. decimal(24, 4). #}
{% macro kpi_yearly_average(value_days) -%}
    {{ kpi_carrying_cost(value_days, 1) }}
{%- endmacro %}

{# Why a write-off rate is null: open_month, short_history, no_cost, no_stock (no_sales for a base of cost of sales). #}
{% macro kpi_write_off_reason(base, base_amount, known_days, needed_days, is_month_closed) -%}
    case
        when not {{ is_month_closed }} then 'open_month'
        when {{ known_days }} < {{ needed_days }} then 'short_history'
        when {{ base_amount }} is null then 'no_cost'
        when {{ base_amount }} <= 0 then case when {{ base }} = 'cogs' then 'no_sales' else 'no_stock' end
    end
{%- endmacro %}

{# Why stock is obsolete, the first that holds: expired, superseded (and nobody asks), no_move, cover; else null. #}
{% macro kpi_obsolete_flag(has_expired, is_superseded, days_since_demand, demand_limit, days_since_move, move_limit,
                           cover_days, cover_limit) -%}
    case
        when {{ has_expired }} then 'expired'
        when {{ is_superseded }} and coalesce({{ days_since_demand }} >= {{ demand_limit }}, true) then 'superseded'
        when {{ days_since_move }} >= {{ move_limit }} then 'no_move'
        when {{ cover_days }} > {{ cover_limit }} then 'cover'
    end
{%- endmacro %}

{# Days that a stock lasts at its mean demand; null without demand. decimal(24, 6). #}
{% macro kpi_cover_days(on_hand_qty, mean_daily_qty) -%}
    case when {{ mean_daily_qty }} > 0 then {{ divide(on_hand_qty, mean_daily_qty) }} end
{%- endmacro %}

{# Days of so many months of a real year; decimal(24, 6). #}
{% macro kpi_months_as_days(months) -%}
    {{ divide('365 * (' ~ months ~ ')', 12) }}
{%- endmacro %}

{# What a unit brings when it is sold: price less completion and selling, both as shares of the price (IAS 2.6); never below
   nil, null without a price. decimal(24, 6). #}
{% macro kpi_net_realisable(price_amount, completion_ratio, selling_ratio) -%}
    {%- set left = multiply(price_amount, '1 - (' ~ completion_ratio ~ ') - (' ~ selling_ratio ~ ')') -%}
    case when {{ left }} > 0 then {{ fixed(left, 6) }} when {{ left }} <= 0 then 0 end
{%- endmacro %}

{# How far cost lies above net realisable value for a quantity, decimal(24, 4); nil when it does not, null without either. #}
{% macro kpi_nrv_shortfall(qty, unit_cost_amount, net_realisable_amount) -%}
    case
        when {{ unit_cost_amount }} > {{ net_realisable_amount }}
            then {{ product(qty, unit_cost_amount ~ ' - ' ~ net_realisable_amount, 4) }}
        when {{ unit_cost_amount }} <= {{ net_realisable_amount }} then 0
    end
{%- endmacro %}

{# What is still to be written down, null without a shortfall known; decimal(24, 4). #}
{% macro kpi_nrv_write_down(written_down_amount, shortfall_amount) -%}
    case when {{ shortfall_amount }} is not null then greatest({{ shortfall_amount }} - {{ written_down_amount }}, 0) end
{%- endmacro %}

{# What is given back of earlier write-downs when net realisable value recovered: all that is no longer needed under IAS 2 (so
   never above cost), but only when sales prove it (IAS 2.33 asks for clear evidence; a price list of goods that nobody buys is
   none); nothing under US GAAP, where the written-down value is the new cost. Null without a shortfall known. #}
{% macro kpi_nrv_reversal(written_down_amount, shortfall_amount, is_price_proved, framework) -%}
    case
        when {{ shortfall_amount }} is null then null
        when {{ framework }} = 'us_gaap' or not {{ is_price_proved }} then 0
        else greatest({{ written_down_amount }} - {{ shortfall_amount }}, 0)
    end
{%- endmacro %}

{# Share of the stock at the announcement of its end that was not written off: 1 - write-offs / stock. decimal(24, 6). #}
{% macro kpi_eol_effectiveness(write_off_amount, stock_amount) -%}
    case when {{ stock_amount }} > 0 then {{ divide('(' ~ stock_amount ~ ') - (' ~ write_off_amount ~ ')', stock_amount) }} end
{%- endmacro %}
