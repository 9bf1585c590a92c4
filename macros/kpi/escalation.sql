{# Weekly breaches and their escalation (capability 5.4; docs/formulas.md#escalation, A27, B5.4). Arithmetic only: no ref,
   no join. Amounts in company currency. #}

{# Why days on hand cannot be compared, or need no comparison: no_target (none, or nil), no_stock, no_cost, no_demand (stock
   and nothing sold); null when there are days on hand. #}
{% macro kpi_overstock_reason(closing_qty, closing_amount, cogs_amount, target_days) -%}
    case
        when {{ target_days }} is null or {{ target_days }} <= 0 then 'no_target'
        when {{ closing_qty }} <= 0 then case when {{ cogs_amount }} > 0 then null else 'no_stock' end
        when {{ cogs_amount }} <= 0 then 'no_demand'
        when {{ cogs_amount }} is null or {{ closing_amount }} is null then 'no_cost'
    end
{%- endmacro %}

{# Whether a week is a breach: days on hand over target x (1 + tolerance), equal is none; stock without demand is one,
   whatever it cost. Null (a week that cannot be said) without a cost. #}
{% macro kpi_overstock_is_breach(reason, doh_days, target_days, tolerance) -%}
    case
        when {{ reason }} = 'no_demand' then true
        when {{ reason }} in ('no_target', 'no_stock') then false
        when {{ reason }} is null then {{ doh_days }} > {{ multiply(target_days, '1 + ' ~ tolerance) }}
    end
{%- endmacro %}

{# Stock beyond what the target allows at the rate of the last `days` days, never below nil. Null without a cost or
   target. decimal(24, 4). #}
{% macro kpi_excess_amount(closing_amount, cogs_amount, target_days, days) -%}
    case
        when {{ closing_amount }} is not null and {{ cogs_amount }} is not null and {{ target_days }} > 0 then
            cast(
                greatest(
                    {{ fixed(closing_amount) }}
                    - {{ divide(product(target_days, 'greatest(' ~ cogs_amount ~ ', 0)'), days, 4) }},
                    0
                ) as decimal(24, 4)
            )
    end
{%- endmacro %}

{# Whether an escalation missed its due date: acknowledged after it, or not acknowledged and the date is over on the last
   known day. The due day itself is in time. #}
{% macro kpi_is_sla_breached(acknowledged_date, due_date, as_of_date) -%}
    coalesce({{ acknowledged_date }}, {{ as_of_date }}) > {{ due_date }}
{%- endmacro %}
