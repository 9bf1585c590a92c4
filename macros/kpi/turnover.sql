{# Turnover, days on hand and weeks of supply (capability 1.2; docs/formulas.md#turnover, A1-A4). Arithmetic only: no ref, no join.
   Amounts in company currency; ratios are decimal(24, 6). #}

{# Turns of the window: cost of sales / average inventory. Null when the average is not positive. Zero sales give 0. #}
{% macro kpi_turnover_ratio(cogs_amount, avg_inventory_amount) -%}
    case when {{ avg_inventory_amount }} > 0 then {{ divide(cogs_amount, avg_inventory_amount) }} end
{%- endmacro %}

{# Why a turnover is null: open_month (the twelve months are not over), short_history, no_cost, no_stock; null when it
   has a value. #}
{% macro kpi_turnover_reason(cogs_amount, avg_inventory_amount, known_days, needed_days, is_month_closed) -%}
    case
        when not {{ is_month_closed }} then 'open_month'
        when {{ known_days }} < {{ needed_days }} then 'short_history'
        when {{ cogs_amount }} is null or {{ avg_inventory_amount }} is null then 'no_cost'
        when {{ avg_inventory_amount }} <= 0 then 'no_stock'
    end
{%- endmacro %}

{# Days that the inventory lasts at the rate of a past window: inventory x days / cost of sales of those days.
   Null when nothing was sold (no demand is not an infinite cover). #}
{% macro kpi_days_on_hand(inventory_amount, cogs_amount, days) -%}
    case when {{ cogs_amount }} > 0 then {{ divide('(' ~ inventory_amount ~ ') * ' ~ days, cogs_amount) }} end
{%- endmacro %}

{# Why days on hand is null: no_cost, no_demand; null when it has a value. #}
{% macro kpi_days_on_hand_reason(inventory_amount, cogs_amount) -%}
    case
        when {{ inventory_amount }} is null or {{ cogs_amount }} is null then 'no_cost'
        when {{ cogs_amount }} <= 0 then 'no_demand'
    end
{%- endmacro %}

{# Why days on hand over a recent window are null: short_history (the ledger knows fewer of its days than needed), no_cost,
   no_demand; null when they have a value. #}
{% macro kpi_recent_cover_reason(inventory_amount, cogs_amount, known_days, needed_days) -%}
    case
        when {{ known_days }} < {{ needed_days }} then 'short_history'
        when {{ inventory_amount }} is null or {{ cogs_amount }} is null then 'no_cost'
        when {{ cogs_amount }} <= 0 then 'no_demand'
    end
{%- endmacro %}

{# Average inventory by the policy avg_inventory_method: 'daily', '13_point', '2_point', or 'auto' = daily if at least
   `min_coverage` of the window's days are known, else 13-point if all 13 month ends are known, else 2-point. #}
{% macro kpi_avg_inventory_method(method, known_days, window_days, known_month_ends, min_coverage) -%}
    case
        when {{ method }} <> 'auto' then {{ method }}
        when {{ known_days }} >= {{ min_coverage }} * {{ window_days }} then 'daily'
        when {{ known_month_ends }} >= 13 then '13_point'
        else '2_point'
    end
{%- endmacro %}

{# Average inventory of the method chosen; null for an unknown method, for 13 points of which fewer are known, and for two
   points without the first. decimal(24, 4). #}
{% macro kpi_avg_inventory(
    method_used, value_days, known_days, sum_13_points, known_month_ends, opening_amount, closing_amount
) -%}
    case {{ method_used }}
        when 'daily' then {{ divide(value_days, known_days, 4) }}
        when '13_point' then case when {{ known_month_ends }} >= 13 then {{ divide(sum_13_points, 13, 4) }} end
        when '2_point' then {{ divide('(' ~ opening_amount ~ ') + (' ~ closing_amount ~ ')', 2, 4) }}
    end
{%- endmacro %}

{# Cost of a step of demand in company currency, decimal(24, 6). #}
{% macro kpi_step_amount(qty, unit_cost_amount, rate) -%}
    {{ product(qty, product(unit_cost_amount, rate, 6, 18)) }}
{%- endmacro %}

{# Days until stock is used up, if it is used up in this step of demand: `used` of it was before the step, which goes from
   day `from_day` to `until_day` (null: for ever). No stock at all lasts nought days where there is demand. Null in every
   step that does not see the end of it; the least of all steps is the answer. decimal(24, 6). #}
{% macro kpi_rundown_days(stock, used, daily, from_day, until_day) -%}
    case
        when {{ stock }} is null or {{ daily }} <= 0 then null
        when {{ stock }} <= 0 then 0
        when
            {{ until_day }} is null
            or {{ used }} + cast({{ daily }} as decimal(30, 6)) * ({{ until_day }} - {{ from_day }}) >= {{ stock }}
            then cast(
                {{ from_day }} + {{ divide('greatest(' ~ stock ~ ' - ' ~ used ~ ', 0)', daily) }} as decimal(24, 6)
            )
    end
{%- endmacro %}

{# Weeks of so many days, decimal(24, 6). #}
{% macro kpi_weeks_of_supply(days) -%}
    {{ divide(days, 7) }}
{%- endmacro %}

{# Why cover ahead is null: no_cost, no_demand (nothing is expected that would end the stock); null when it has a value. #}
{% macro kpi_forward_cover_reason(stock, days) -%}
    case when {{ stock }} is null then 'no_cost' when {{ days }} is null then 'no_demand' end
{%- endmacro %}

{# Why cover in units is null: mixed_units above one SKU, short_history, no_demand; null when it has a value. #}
{% macro kpi_unit_cover_reason(scope_type, sold_qty, known_days, needed_days) -%}
    case
        when {{ scope_type }} not in ('sku', 'sku_location') then 'mixed_units'
        when {{ known_days }} < {{ needed_days }} then 'short_history'
        when {{ sold_qty }} <= 0 then 'no_demand'
    end
{%- endmacro %}

{# Why cover ahead in units is null: mixed_units, no_demand; null when it has a value. #}
{% macro kpi_forward_unit_reason(scope_type, days) -%}
    case
        when {{ scope_type }} not in ('sku', 'sku_location') then 'mixed_units'
        when {{ days }} is null then 'no_demand'
    end
{%- endmacro %}

{# Why days on hand of twelve months in units are null: open_month, short_history, mixed_units, no_stock (no average),
   no_demand; null when they have a value. #}
{% macro kpi_turnover_unit_reason(scope_type, sold_qty, avg_qty, known_days, needed_days, is_month_closed) -%}
    case
        when {{ scope_type }} not in ('sku', 'sku_location') then 'mixed_units'
        when not {{ is_month_closed }} then 'open_month'
        when {{ known_days }} < {{ needed_days }} then 'short_history'
        when {{ avg_qty }} is null or {{ avg_qty }} <= 0 then 'no_stock'
        when {{ sold_qty }} <= 0 then 'no_demand'
    end
{%- endmacro %}
