{# The normal distribution in formulas of service and safety stock (docs/formulas.md#normal). Arithmetic on one row. #}

{# Standard normal deviate z with P(Z <= z) = p, decimal(18, 8): algorithm AS 241, PPND7 (Wichura 1988), a ratio of two
   polynomials for the middle and one for either tail, within 0.000001 of the exact quantile for p from 0.000001 to
   0.999999. Null for p at or beyond 0 and 1, where the quantile is not finite. The floats are of one row and rounded at
   once. p is a column or a literal: the text repeats it. #}
{% macro kpi_normal_quantile(p) -%}
    {%- set middle_top = ['3.3871327179', '50.434271938', '159.29113202', '59.109374720'] -%}
    {%- set middle_bottom = ['1', '17.895169469', '78.757757664', '67.187563600'] -%}
    {%- set tail_top = ['1.4234372777', '2.7568153900', '1.3067284816', '0.17023821103'] -%}
    {%- set tail_bottom = ['1', '0.73700164250', '0.12021132975'] -%}
    {%- set x = 'cast(' ~ p ~ ' as double)' -%}
    {%- set q = '(' ~ x ~ ' - 0.5)' -%}
    {%- set r = '(0.180625 - ' ~ q ~ ' * ' ~ q ~ ')' -%}
    {%- set t = '(sqrt(-ln(least(' ~ x ~ ', 1 - ' ~ x ~ '))) - 1.6)' -%}
    case
        when {{ p }} <= 0 or {{ p }} >= 1 then null
        when abs({{ p }} - 0.5) <= 0.425
            then {{ fixed_from_float(
                q ~ ' * ' ~ horner(middle_top, r) ~ ' * pow(' ~ horner(middle_bottom, r) ~ ', -1)'
            ) }}
        else {{ fixed_from_float(
            'sign(' ~ q ~ ') * ' ~ horner(tail_top, t) ~ ' * pow(' ~ horner(tail_bottom, t) ~ ', -1)'
        ) }}
    end
{%- endmacro %}

{# Polynomial of x with the coefficients from the constant upwards, in nested form. #}
{% macro horner(coefficients, x) -%}
    {%- set inner = namespace(sql=coefficients[-1]) -%}
    {%- for coefficient in coefficients[:-1] | reverse -%}
        {%- set inner.sql = '(' ~ coefficient ~ ' + ' ~ x ~ ' * ' ~ inner.sql ~ ')' -%}
    {%- endfor -%}
    {{ inner.sql }}
{%- endmacro %}
