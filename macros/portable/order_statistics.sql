{# Shims for order statistics: one value out of many, which no two engines spell alike. #}

{# One of the values of x, never an interpolation, so that decimals stay decimals, by `kind`:
     at_max     value of x in the row where y is greatest
     quantile   the least value of x that a share of at least y (a literal) of the values does not exceed
     last       value of x in the last row of a window, which follows: `over (... order by ...)`; without y
   Rows where x is null are passed over. #}
{% macro observed(kind, x, y=none) -%}
    {{ return(adapter.dispatch('observed', 'leadlag')(kind, x, y)) }}
{%- endmacro %}
{% macro default__observed(kind, x, y=none) -%}
    {%- if kind == 'at_max' -%}
    max_by({{ x }}, {{ y }}) filter (where {{ x }} is not null)
    {%- elif kind == 'quantile' -%}
    quantile_disc({{ x }}, {{ y }})
    {%- elif kind == 'last' -%}
    last_value({{ x }} ignore nulls)
    {%- endif -%}
{%- endmacro %}
{% macro spark__observed(kind, x, y=none) -%}
    {%- if kind == 'at_max' -%}
    max_by({{ x }}, {{ y }}) filter (where {{ x }} is not null)
    {%- elif kind == 'quantile' -%}
    try_element_at(array_sort(collect_list({{ x }})), greatest(cast(ceil({{ y }} * count({{ x }})) as integer), 1))
    {%- elif kind == 'last' -%}
    last_value({{ x }}) ignore nulls
    {%- endif -%}
{%- endmacro %}

{# Value of x in the row where y is greatest; rows where x is null are passed over. #}
{% macro value_at_max(x, y) -%}
    {{ observed('at_max', x, y) }}
{%- endmacro %}

{# Observed quantile of x at p (a literal); nulls are passed over. #}
{% macro quantile_observed(x, p) -%}
    {{ observed('quantile', x, p) }}
{%- endmacro %}

{# The last known x of a window, which follows: `over (partition by ... order by ...)`. #}
{% macro last_known(x) -%}
    {{ observed('last', x) }}
{%- endmacro %}

{# Lower median: an observed value. #}
{% macro median_observed(x) -%}
    {{ quantile_observed(x, 0.5) }}
{%- endmacro %}
