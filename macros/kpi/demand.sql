{# Moments of demand (docs/formulas.md#demand-statistic, A13, A33). Arithmetic on one row: no ref, no join. #}

{# Part of the sum of squares that the mean explains: squared sum over n; the first half of kpi_sample_variance, in a
   column of its own so that the SQL stays readable. #}
{% macro kpi_explained_squares(n, sum_x) -%}
    {{ divide(product(sum_x, sum_x, digits=30), n) }}
{%- endmacro %}

{# Variance of a series, sample (n - 1), decimal(24, 6); null for fewer than two observations.
     n                  observations, zeros included
     explained_squares  kpi_explained_squares of the series
     sum_x2             sum of squares of the observations #}
{% macro kpi_sample_variance(n, explained_squares, sum_x2) -%}
    case
        when {{ n }} >= 2
            then {{ divide('greatest(' ~ sum_x2 ~ ' - ' ~ explained_squares ~ ', 0)', n ~ ' - 1') }}
    end
{%- endmacro %}
