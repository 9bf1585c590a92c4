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

{# Weighted mean of the parts that are known, decimal(24, 6); null when none is. parts: {part column: weight column}. #}
{% macro kpi_supplier_score(parts) -%}
    {%- set sums = namespace(weighed='0', weights='0') -%}
    {%- for part, weight in parts.items() -%}
        {%- set sums.weighed = sums.weighed ~ ' + coalesce(cast(' ~ part ~ ' as decimal(18, 6)) * ' ~ weight ~ ', 0)' -%}
        {%- set sums.weights = sums.weights ~ ' + case when ' ~ part ~ ' is null then 0 else ' ~ weight ~ ' end' -%}
    {%- endfor -%}
    {{ divide(sums.weighed, sums.weights) }}
{%- endmacro %}
