{# Service level of a SKU-location (capability 1.1; docs/formulas.md#service-level). Arithmetic on one row: no ref, no
   join. Quantiles and expected shortages come from service.int_service__lead_time_demand_quantile. #}

{# Demand of a year of 365 days from the mean of a day, decimal(24, 6). #}
{% macro kpi_annual_demand_qty(mean_daily_qty) -%}
    {{ product(mean_daily_qty, 365) }}
{%- endmacro %}

{# Standard deviation of the demand over lead time and review, decimal(24, 6): sqrt(days x sd_daily2 + mean_daily2 x
   sd_lead2). Demand and lead time are taken as independent; the deviations of demand (units) and of lead time (days)
   are two symbols. Null when one of the four is null. #}
{% macro kpi_lead_time_demand_sd(lead_and_review_days, sd_daily_qty, mean_daily_qty, lead_time_sd_days) -%}
    {%- set of_demand -%}
        {{ product(sd_daily_qty, sd_daily_qty) }}
    {%- endset -%}
    {%- set of_lead_time -%}
        {{ product(lead_time_sd_days, lead_time_sd_days) }}
    {%- endset -%}
    {%- set mean_squared -%}
        {{ product(mean_daily_qty, mean_daily_qty) }}
    {%- endset -%}
    {{ square_root(
        multiply(lead_and_review_days, of_demand) ~ ' + ' ~ multiply(mean_squared, of_lead_time)
    ) }}
{%- endmacro %}

{# Distribution of the demand over lead time and review by class of demand: smooth normal, erratic gamma by moments,
   intermittent and lumpy negative binomial by moments, or Poisson where the variance does not exceed the mean. constant
   when nothing varies, as without any time to wait. Null without a class or a moment. #}
{% macro kpi_lead_time_distribution(demand_class, mean_qty, sd_qty) -%}
    case
        when {{ demand_class }} is null or {{ mean_qty }} is null or {{ sd_qty }} is null then null
        when {{ sd_qty }} = 0 then 'constant'
        when {{ mean_qty }} <= 0 then null
        when {{ demand_class }} = 'smooth' then 'normal'
        when {{ demand_class }} = 'erratic' then 'gamma'
        when {{ demand_class }} in ('intermittent', 'lumpy') and {{ multiply(sd_qty, sd_qty) }} > {{ mean_qty }}
            then 'negative_binomial'
        when {{ demand_class }} in ('intermittent', 'lumpy') then 'poisson'
    end
{%- endmacro %}

{# Days that the variance of a day's demand counts for where the mean is that of n days: days + days2 / n; the second part is
   the error of the mean over those days. As they are where n is not known. #}
{% macro kpi_days_with_estimate_error(days, n) -%}
    {{ days }} + coalesce({{ divide(product(days, days), n) }}, 0)
{%- endmacro %}

{# Standard deviation of a lead time around a mean of n receipts: sd x sqrt(1 + 1 / n), decimal(24, 6). Null without n. #}
{% macro kpi_sd_with_estimate_error(sd, n) -%}
    {{ square_root(multiply(product(sd, sd), '1 + ' ~ divide('1', n))) }}
{%- endmacro %}

{# Economic order quantity sqrt(2 x D x K / (c x h)), decimal(24, 6); null where one is missing, nil or negative. D
   yearly demand, K cost of one order, c unit cost, h yearly rate of holding. #}
{% macro kpi_economic_order_qty(annual_demand_qty, order_cost_amount, unit_cost_amount, carrying_rate) -%}
    case
        when {{ annual_demand_qty }} > 0 and {{ order_cost_amount }} > 0
            then {{ square_root(divide(
                '2 * ' ~ multiply(annual_demand_qty, order_cost_amount), multiply(unit_cost_amount, carrying_rate)
            )) }}
    end
{%- endmacro %}

{# Cost of one unit short, decimal(24, 6): margin (not below nil) and goodwill as a share of the price. Null without
   price or cost. #}
{% macro kpi_shortage_unit_amount(list_price_amount, unit_cost_amount, goodwill_ratio) -%}
    case
        when {{ list_price_amount }} is not null and {{ unit_cost_amount }} is not null
            then {{ fixed(
                'greatest(' ~ list_price_amount ~ ' - ' ~ unit_cost_amount ~ ', 0) + '
                ~ multiply(list_price_amount, goodwill_ratio), 6
            ) }}
    end
{%- endmacro %}

{# Safety stock of a reorder point: what it exceeds the mean demand by; below nil only where that is allowed. #}
{% macro kpi_safety_stock_qty(reorder_point_qty, mean_qty, is_negative_allowed) -%}
    case
        when {{ is_negative_allowed }} or {{ reorder_point_qty }} > {{ mean_qty }}
            then {{ reorder_point_qty }} - {{ mean_qty }}
        when {{ reorder_point_qty }} <= {{ mean_qty }} then 0
    end
{%- endmacro %}

{# Fill: 1 - expected shortage of a cycle / order quantity, between 0 and 1; null without an order quantity. #}
{% macro kpi_fill_ratio(expected_shortage_qty, order_qty) -%}
    case
        when {{ expected_shortage_qty }} is not null and {{ order_qty }} > 0
            then cast(greatest(least(1 - {{ divide(expected_shortage_qty, order_qty) }}, 1), 0) as decimal(24, 6))
    end
{%- endmacro %}

{# Units short in a year: expected shortage of a cycle x cycles of a year (D / Q), decimal(24, 6). #}
{% macro kpi_short_qty(expected_shortage_qty, annual_demand_qty, order_qty) -%}
    {{ divide(product(expected_shortage_qty, annual_demand_qty), order_qty) }}
{%- endmacro %}

{# Cost of holding a safety stock for a year, decimal(24, 4). #}
{% macro kpi_safety_stock_cost(safety_stock_qty, unit_cost_amount, carrying_rate) -%}
    {{ fixed(multiply(safety_stock_qty, unit_cost_amount) ~ ' * ' ~ carrying_rate) }}
{%- endmacro %}

{# Cycle service of least cost in a (Q, R) policy with back-orders: 1 - Q x h x c / (b x D), decimal(24, 6). Nil where
   the cost of a shortage does not pay for any safety stock; null without a cost of shortage or demand. #}
{% macro kpi_backorder_optimum_ratio(order_qty, unit_carrying_amount, shortage_unit_amount, annual_demand_qty) -%}
    case
        when {{ shortage_unit_amount }} > 0 and {{ annual_demand_qty }} > 0
            then cast(greatest(1 - {{ divide(
                product(order_qty, unit_carrying_amount), multiply(shortage_unit_amount, annual_demand_qty)
            ) }}, 0) as decimal(24, 6))
    end
{%- endmacro %}

{# Service that a candidate reaches of the type that was promised. #}
{% macro kpi_service_of_type(service_type, cycle_ratio, fill_ratio, in_stock_ratio) -%}
    case {{ service_type }}
        when 'cycle' then {{ cycle_ratio }}
        when 'fill' then {{ fill_ratio }}
        when 'in_stock' then {{ in_stock_ratio }}
    end
{%- endmacro %}

{# Service level target: the contract's floor, or the optimum of cost under its cap where that is higher. #}
{% macro kpi_service_level_target(contract_floor_ratio, cost_optimum_ratio, cap_ratio) -%}
    case
        when {{ cost_optimum_ratio }} is not null and {{ cap_ratio }} is not null
            then cast(
                greatest(coalesce({{ contract_floor_ratio }}, 0), least({{ cost_optimum_ratio }}, {{ cap_ratio }}))
                as decimal(24, 6)
            )
    end
{%- endmacro %}

{# What a level costs beyond the cheapest that was reckoned through, decimal(24, 4); null without costs. #}
{% macro kpi_regret_amount(total_cost_amount, least_cost_amount) -%}
    cast({{ total_cost_amount }} - {{ least_cost_amount }} as decimal(24, 4))
{%- endmacro %}
