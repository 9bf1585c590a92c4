{# Lead time of replenishment (docs/formulas.md#lead-time, A24, B7.2). Arithmetic on one row: no ref, no join. #}

{# A figure of n observations drawn towards a wider pool's as if the pool were k observations more; decimal(24, 6).
   Without a figure of its own the pool's stands, without a pool's its own. Negative k or n is not meant. #}
{% macro kpi_shrunk(own_value, n, pool_value, k) -%}
    case
        when {{ own_value }} is null then cast({{ pool_value }} as decimal(24, 6))
        when {{ pool_value }} is null then cast({{ own_value }} as decimal(24, 6))
        else {{ divide(
            multiply('cast(' ~ own_value ~ ' as decimal(12, 6))', 'cast(' ~ n ~ ' as decimal(12, 0))')
            ~ ' + ' ~ multiply('cast(' ~ pool_value ~ ' as decimal(12, 6))', 'cast(' ~ k ~ ' as decimal(12, 4))'),
            n ~ ' + ' ~ k
        ) }}
    end
{%- endmacro %}

{# Lead time capped at `factor` times the 99th percentile of its supplier, decimal(9, 2); as it is without a cap. #}
{% macro kpi_capped_lead_time(lead_time_days, p99_days, factor) -%}
    cast(least({{ lead_time_days }}, coalesce({{ multiply(p99_days, factor) }}, {{ lead_time_days }})) as decimal(9, 2))
{%- endmacro %}

{# The narrowest pool with a line: receipts, supplier, category, planned or none. #}
{% macro kpi_lead_time_source(own_count, supplier_count, category_count, planned_days) -%}
    case
        when {{ own_count }} > 0 then 'receipts'
        when {{ supplier_count }} > 0 then 'supplier'
        when {{ category_count }} > 0 then 'category'
        when {{ planned_days }} is not null then 'planned'
        else 'none'
    end
{%- endmacro %}
