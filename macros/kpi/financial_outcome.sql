{# What indicators of stock come to in money (capability 1.3; docs/formulas.md#financial-outcome). Arithmetic only: no ref, no join.
   Amounts in company currency. #}

{# Working capital that stock at its target cover would release: (days on hand - target) x cost of sales a day. Negative: what
   must be invested. Null where nothing was sold. decimal(24, 4). #}
{% macro kpi_wc_release(closing_amount, cogs_amount, days, target_days) -%}
    case
        when {{ cogs_amount }} > 0
            then {{ divide(
                '(' ~ closing_amount ~ ') * ' ~ days ~ ' - (' ~ target_days ~ ') * (' ~ cogs_amount ~ ')', days, 4
            ) }}
    end
{%- endmacro %}

{# What an amount released saves in a year at a yearly rate; never add that of the cash rate and that of the whole carrying rate.
   decimal(24, 4). #}
{% macro kpi_yearly_saving(release_amount, rate_per_year) -%}
    {{ fixed(multiply(release_amount, rate_per_year), 4) }}
{%- endmacro %}

{# Days that a balance stands for at the flow of a year. Null without a flow. decimal(24, 6). #}
{% macro kpi_balance_days(balance_amount, flow_amount) -%}
    case when {{ flow_amount }} > 0 then {{ divide('(' ~ balance_amount ~ ') * 365', flow_amount) }} end
{%- endmacro %}

{# Days from paying suppliers to being paid: days of inventory + days of sales owed - days of payables. decimal(24, 6). #}
{% macro kpi_cash_to_cash(inventory_days, sales_days, payables_days) -%}
    cast(({{ inventory_days }}) + ({{ sales_days }}) - ({{ payables_days }}) as decimal(24, 6))
{%- endmacro %}

{# Part of a whole; null where there is no whole above nil. decimal(24, 6). #}
{% macro kpi_outcome_ratio(part_amount, whole_amount) -%}
    case when {{ whole_amount }} > 0 then {{ divide(part_amount, whole_amount) }} end
{%- endmacro %}

{# Units that empty days would have sold at the mean of a day with stock, less what was served on them; never below nil.
   Null without a day with stock. decimal(24, 4). #}
{% macro kpi_expected_loss_qty(in_stock_qty, in_stock_days, empty_days, served_qty) -%}
    case
        when {{ in_stock_days }} > 0
            then greatest(
                {{ divide('coalesce(' ~ in_stock_qty ~ ', 0) * (' ~ empty_days ~ ')', in_stock_days, 4) }}
                - coalesce({{ served_qty }}, 0), 0
            )
    end
{%- endmacro %}
