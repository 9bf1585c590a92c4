{# Division and rounding, the only two places where engines disagree about decimals. Nothing else may divide or round. #}

{# Exact decimal quotient n / d, rounded half away from zero to `scale` digits; null when d is zero or either is null.
   n and d are decimals of at most six fractional digits and fewer than 16 integer digits, n of fewer than 25 up to scale 6. The
   quotient is taken on integers, since decimal / decimal is a DOUBLE on DuckDB and 1.005 would round down. Result: decimal(24, scale). #}
{% macro divide(n, d, scale=6) -%}
    {{ return(adapter.dispatch('divide', 'leadlag')(n, d, scale)) }}
{%- endmacro %}

{% macro default__divide(n, d, scale=6) -%}
    {%- set quotient = "cast(operands.n as double) / cast(operands.d as double)" -%}
    {%- set n_int = "cast(operands.n * 1000000 as hugeint)" -%}
    {%- set d_int = "cast(operands.d * 1000000 as hugeint)" -%}
    list_transform(
        [{ 'n': cast({{ n }} as decimal(30, 6)), 'd': cast({{ d }} as decimal(24, 6)) }],
        operands -> case
            when operands.n is null or operands.d is null or operands.d = 0 then null
            when {{ is_clear_of_ties(quotient, scale) }} then {{ rounded_float(quotient, scale) }}
            else
                cast(
                    cast(sign(operands.n) * sign(operands.d) as decimal(2, 0))
                    * cast(
                        (2 * abs({{ n_int }}) * {{ 10 ** scale }} + abs({{ d_int }})) // (2 * abs({{ d_int }}))
                        as decimal(24, 0)
                    )
                    * {{ decimal_unit(scale) }}
                    as decimal(24, {{ scale }})
                )
        end
    )[1]
{%- endmacro %}

{# Spark has no integers of more than 19 digits and casts `div` to them; its decimals take an exact remainder away first.
   n and d are bound once, or nested quotients would grow without end. #}
{% macro spark__divide(n, d, scale=6) -%}
    transform(
        array(named_struct(
            'n', cast(cast({{ n }} as decimal(30, 6)) * 1000000 as decimal(30, 0)),
            'd', cast(cast({{ d }} as decimal(24, 6)) * 1000000 as decimal(24, 0))
        )),
        q -> case
            when q.d <> 0 then cast(
                case when (q.n < 0) = (q.d < 0) then 1 else -1 end * cast(
                    (
                        (2 * abs(q.n) * {{ 10 ** scale }} + abs(q.d))
                        - (2 * abs(q.n) * {{ 10 ** scale }} + abs(q.d)) % (2 * abs(q.d))
                    ) / cast(2 * abs(q.d) as decimal(24, 0))
                    as decimal(24, 0)
                ) * {{ decimal_unit(scale) }}
                as decimal(24, {{ scale }})
            )
        end
    )[0]
{%- endmacro %}

{# Exact product of two decimals. The left one is widened first: DuckDB keeps the product of two decimals of up to 18
   digits in 18 digits and overflows. Result: at most 38 digits. #}
{% macro multiply(a, b) -%}
    cast({{ a }} as decimal(24, 6)) * ({{ b }})
{%- endmacro %}

{# The same product rounded half away from zero to `scale` digits, as decimal(digits, scale): what a product is stored by. A cast
   or fixed() of multiply() gives the same and is several times as dear on DuckDB. #}
{% macro product(a, b, scale=6, digits=24) -%}
    {{ rounded(["cast(" ~ a ~ " as decimal(24, 6))", b], scale, digits) }}
{%- endmacro %}

{# Decimal x rounded half away from zero to `scale` digits, as decimal(digits, scale). x is a decimal, never a float. A
   cast of a decimal of more than 18 digits to fewer fractional digits gives the same and is several times as dear on DuckDB. #}
{% macro fixed(x, scale=4, digits=24) -%}
    {{ rounded([x], scale, digits) }}
{%- endmacro %}

{# The product of one or two decimals, rounded half away from zero to `scale` digits, as decimal(digits, scale). #}
{% macro rounded(factors, scale, digits) -%}
    {{ return(adapter.dispatch('rounded', 'leadlag')(factors, scale, digits)) }}
{%- endmacro %}
{% macro default__rounded(factors, scale, digits) -%}
    {%- set names = ['operands.a', 'operands.b'][: factors | length] -%}
    {%- set amount = "cast(" ~ names | join(" as double) * cast(") ~ " as double)" -%}
    list_transform(
        [{ 'a': {{ factors | join(", 'b': ") }} }],
        operands -> case
            when {{ is_clear_of_ties(amount, scale) }}
                then cast({{ rounded_float(amount, scale) }} as decimal({{ digits }}, {{ scale }}))
            else cast(round({{ names | join(' * ') }}, {{ scale }}) as decimal({{ digits }}, {{ scale }}))
        end
    )[1]
{%- endmacro %}
{% macro spark__rounded(factors, scale, digits) -%}
    cast(round(({{ factors | join(') * (') }}), {{ scale }}) as decimal({{ digits }}, {{ scale }}))
{%- endmacro %}

{# DuckDB divides wide integers bit by bit, microseconds for each. Where a float is as good as the exact number, rounding goes by
   the float: below 10^11 units of the last digit it errs by less than a ten thousandth of one (a relative error of 10^-15,
   a few roundings of 53 bits), so that away from a tie by a thousandth both round alike. All else goes the exact way. #}
{% macro is_clear_of_ties(x, scale) -%}
    {%- set units = "(" ~ x ~ " * 1e" ~ scale ~ ")" -%}
    abs({{ units }}) < 1e11 and abs(abs({{ units }} - trunc({{ units }})) - 0.5) > 0.001
{%- endmacro %}
{% macro rounded_float(x, scale) -%}
    cast(cast(round({{ x }} * 1e{{ scale }}) as bigint) * {{ decimal_unit(scale) }} as decimal(24, {{ scale }}))
{%- endmacro %}
{# One unit of the last of `scale` digits. #}
{% macro decimal_unit(scale) -%}
    cast({{ '0.' ~ '0' * (scale - 1) ~ '1' if scale else '1' }} as decimal({{ scale + 1 }}, {{ scale }}))
{%- endmacro %}

{# Float x of one row (a probability, say) as decimal(18, scale), rounded half away from zero. Elementwise only: a float
   is never summed. #}
{% macro fixed_from_float(x, scale=8) -%}
    cast(
        cast(round(({{ x }}) * {{ 10 ** scale }}) as bigint)
        * {{ decimal_unit(scale) }}
        as decimal(18, {{ scale }})
    )
{%- endmacro %}

{# Square root of a decimal of one row, as decimal(24, scale); null below zero. Elementwise, so that the float it passes
   through (correctly rounded by IEEE 754 on every engine) never meets a sum. #}
{% macro square_root(x, scale=6) -%}
    case when ({{ x }}) >= 0 then cast(round(sqrt(cast({{ x }} as double)), {{ scale }}) as decimal(24, {{ scale }})) end
{%- endmacro %}

{# Hours from timestamp a to timestamp b, to the second; decimal(24, 6). #}
{% macro hours_between(a, b) -%}
    {{ divide(seconds_between(a, b), 3600) }}
{%- endmacro %}
