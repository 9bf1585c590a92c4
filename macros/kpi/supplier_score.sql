{# Supplier scorecard (capability 7.2; docs/formulas.md#supplier-score). Arithmetic on one row: no ref, no join. #}

{# Consistency of lead time, decimal(24, 6): 1 less its coefficient of variation, at least 0. A lead time that is always
   nothing is consistent; null without a spread. #}
{% macro kpi_lead_time_consistency(mean_days, sd_days) -%}
    case
        when {{ sd_days }} is null then null
        when {{ mean_days }} = 0 then cast(1 as decimal(24, 6))
        else 1 - least({{ divide(sd_days, mean_days) }}, cast(1 as decimal(24, 6)))
    end
{%- endmacro %}

{# Sum of weight x part over the parts that are known, decimal(24, 6); 0 when none is. parts: {part column: weight column}. #}
{% macro kpi_weighted_parts(parts) -%}
    cast(
        {%- for part, weight in parts.items() %}
        {{ '+ ' if not loop.first }}coalesce({{ multiply(part, weight) }}, 0)
        {%- endfor %}
        as decimal(24, 6)
    )
{%- endmacro %}

{# Sum of the weights of the parts that are known, decimal(24, 6): what the score rests on. #}
{% macro kpi_known_weight(parts) -%}
    cast(
        {%- for part, weight in parts.items() %}
        {{ '+ ' if not loop.first }}case when {{ part }} is null then 0 else {{ weight }} end
        {%- endfor %}
        as decimal(24, 6)
    )
{%- endmacro %}

{# Weighted mean of the parts that are known, decimal(24, 6); null when none is. #}
{% macro kpi_supplier_score(parts) -%}
    {{ divide(kpi_weighted_parts(parts), kpi_known_weight(parts)) }}
{%- endmacro %}

{# What hangs on a supplier: its part of the spend, decimal(24, 6); null when nothing was spent. #}
{% macro kpi_spend_share(amount, total_amount) -%}
    {{ divide(amount, total_amount) }}
{%- endmacro %}
