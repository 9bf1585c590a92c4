{# How strongly a lead indicator foretells its outcome (docs/formulas.md#lead-lag-link). Arithmetic on one row; the floats
   are of one row and rounded at once. Arguments are columns: the text repeats them. #}

{# Pearson's r from sums over deviations from the mean, decimal(18, 8): sum xy / sqrt(sum xx x sum yy); null where either
   does not vary. #}
{% macro kpi_correlation(sum_xy, sum_xx, sum_yy) -%}
    case
        when {{ sum_xx }} > 0 and {{ sum_yy }} > 0
            then {{ within_one(sum_xy ~ ' * ' ~ one_over_root(sum_xx) ~ ' * ' ~ one_over_root(sum_yy)) }}
    end
{%- endmacro %}

{# r of x and y with what z tells of both taken out, decimal(18, 8); null where z tells all of either. #}
{% macro kpi_partial_correlation(r_xy, r_xz, r_yz) -%}
    case
        when abs({{ r_xz }}) < 1 and abs({{ r_yz }}) < 1
            then {{ within_one(
                '(' ~ r_xy ~ ' - ' ~ r_xz ~ ' * ' ~ r_yz ~ ') * ' ~ one_over_root('1 - ' ~ r_xz ~ ' * ' ~ r_xz) ~ ' * '
                ~ one_over_root('1 - ' ~ r_yz ~ ' * ' ~ r_yz)
            ) }}
    end
{%- endmacro %}

{# One bound of Fisher's interval of r over n independent points, decimal(18, 8): tanh(atanh r + z / sqrt(n - 3)); z is
   negative for the lower bound. Null below four points, and where r is exact (-1 or 1). #}
{% macro kpi_correlation_bound(r, n, z) -%}
    {%- set lost = 3 -%}
    {%- set e = 'exp(ln(1 + ' ~ r ~ ') - ln(1 - ' ~ r ~ ') + 2 * ' ~ z ~ ' * ' ~ one_over_root(n ~ ' - ' ~ lost) ~ ')' -%}
    case
        when {{ n }} > {{ lost }} and abs({{ r }}) < 1 then {{ within_one('(' ~ e ~ ' - 1) * pow(' ~ e ~ ' + 1, -1)') }}
    end
{%- endmacro %}

{# Points that n pairs of ranks are worth in Fisher's interval: a rank correlation scatters by 1.06 / (n - 3) (Fieller,
   Hartley and Pearson 1957), 3 + (n - 3) / 1.06 as decimal(24, 6). #}
{% macro kpi_rank_points(n) -%}
    {%- set lost, scatter = 3, 1.06 -%}
    ({{ lost }} + {{ divide(n ~ ' - ' ~ lost, scatter) }})
{%- endmacro %}

{# Whether stock grows with the time a stage takes: insufficient (fewer pairs of months than asked for), constant, or an
   exact order (no interval), buffer_risk (the whole interval above nought), not_shown. #}
{% macro kpi_buffer_link_status(pairs, least_pairs, low, high) -%}
    case
        when coalesce({{ pairs }}, 0) < {{ least_pairs }} then 'insufficient'
        when {{ low }} is null or {{ high }} is null then 'constant'
        when {{ low }} > 0 then 'buffer_risk'
        else 'not_shown'
    end
{%- endmacro %}

{# What is known of a link: too_short (fewer points held out than asked for), constant (nothing varies), foretells (the
   whole interval on the side it should be, and so it was where it was learnt), opposite (the whole interval on the other
   side), not_shown. #}
{% macro kpi_link_status(points, least_points, learnt_r, low, high, expected_sign) -%}
    case
        when coalesce({{ points }}, 0) < {{ least_points }} then 'too_short'
        when {{ low }} is null or {{ high }} is null then 'constant'
        when
            coalesce({{ learnt_r }}, 0) * {{ expected_sign }} > 0
            and ({{ expected_sign }} > 0 and {{ low }} > 0 or {{ expected_sign }} < 0 and {{ high }} < 0)
            then 'foretells'
        when {{ expected_sign }} > 0 and {{ high }} < 0 or {{ expected_sign }} < 0 and {{ low }} > 0 then 'opposite'
        else 'not_shown'
    end
{%- endmacro %}

{# 1 / sqrt(x) as a float of one row. #}
{% macro one_over_root(x) -%}
    pow(cast({{ x }} as double), -0.5)
{%- endmacro %}

{# A float of one row that lies between -1 and 1 but for its last digits, as decimal(18, 8). #}
{% macro within_one(x) -%}
    {{ fixed_from_float('greatest(-1, least(1, ' ~ x ~ '))') }}
{%- endmacro %}
