{# Division and rounding, the only two places where engines disagree about decimals. Nothing else may divide or round. #}

{# Exact decimal quotient n / d, rounded half away from zero to `scale` digits; null when d is zero or either is null.
   n and d are decimals of at most six fractional digits and fewer than 16 integer digits. The quotient is taken on
   integers, since decimal / decimal is a DOUBLE on DuckDB and 1.005 would round down. Result: decimal(24, scale). #}
{% macro divide(n, d, scale=6) -%}
    {{ return(adapter.dispatch('divide', 'leadlag')(n, d, scale)) }}
{%- endmacro %}

{% macro default__divide(n, d, scale=6) -%}
    {%- set n_int = "cast(cast(" ~ n ~ " as decimal(24, 6)) * 1000000 as hugeint)" -%}
    {%- set d_int = "cast(cast(" ~ d ~ " as decimal(24, 6)) * 1000000 as hugeint)" -%}
    case
        when ({{ n }}) is null or ({{ d }}) is null or ({{ d }}) = 0 then null
        else
            cast(
                cast(sign({{ n_int }}) * sign({{ d_int }}) as decimal(2, 0))
                * cast(
                    (2 * abs({{ n_int }}) * {{ 10 ** scale }} + abs({{ d_int }})) // (2 * abs({{ d_int }}))
                    as decimal(24, 0)
                )
                * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale + 1 }}, {{ scale }}))
                as decimal(24, {{ scale }})
            )
    end
{%- endmacro %}

{# Spark has no integers of more than 19 digits and casts `div` to them; its decimals take an exact remainder away first.
   n and d are bound once, or nested quotients would grow without end. #}
{% macro spark__divide(n, d, scale=6) -%}
    transform(
        array(named_struct(
            'n', cast(cast({{ n }} as decimal(24, 6)) * 1000000 as decimal(24, 0)),
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
                ) * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale + 1 }}, {{ scale }}))
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

{# Decimal x rounded half away from zero to `scale` digits, as decimal(24, scale). x is a decimal, never a float. #}
{% macro fixed(x, scale=4) -%}
    cast(round({{ x }}, {{ scale }}) as decimal(24, {{ scale }}))
{%- endmacro %}

{# Float x of one row (a probability, say) as decimal(18, scale), rounded half away from zero. Elementwise only: a float
   is never summed. #}
{% macro fixed_from_float(x, scale=8) -%}
    cast(
        cast(round(({{ x }}) * {{ 10 ** scale }}) as bigint)
        * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale + 1 }}, {{ scale }}))
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
