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
    {{ product(release_amount, rate_per_year, 4) }}
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

