{# Storage of goods and what it does to their life (capability 6.4; docs/formulas.md#shelf-life). Arithmetic on one row:
   no ref, no join. Temperatures are degrees Celsius; floats stay within the row. #}

{# How much faster than at 0 degrees goods change at a temperature: e^(a/T0 - a/T), T in kelvin, a = activation energy over
   the gas constant in kelvin. decimal(18, 8). #}
{% macro kpi_heat_factor(celsius, activation_kelvin) -%}
    {%- set kelvin = '273.15 + (' ~ celsius ~ ')' -%}
    {%- set exponent = divide(product(activation_kelvin, celsius), '273.15 * (' ~ kelvin ~ ')', 8) -%}
    {{ fixed_from_float('exp(cast(' ~ exponent ~ ' as double))') }}
{%- endmacro %}

{# Mean kinetic temperature of readings from the mean of their heat factors weighted by time: the constant temperature that
   changes goods as much. decimal(24, 3); null without known time. #}
{% macro kpi_mean_kinetic_celsius(heat_sum, known_seconds, activation_kelvin) -%}
    {%- set log_mean = fixed_from_float('ln(cast(' ~ divide(heat_sum, known_seconds) ~ ' as double))') -%}
    {{ divide(
        'cast(273.15 * 273.15 * ' ~ log_mean ~ ' as decimal(24, 6))',
        'cast((' ~ activation_kelvin ~ ') - 273.15 * ' ~ log_mean ~ ' as decimal(24, 6))',
        3
    ) }}
{%- endmacro %}

{# Days of life that a day at a temperature uses: Q10^((T - Tref) / 10). decimal(18, 8). #}
{% macro kpi_ageing_factor(celsius, reference_celsius, q10) -%}
    {%- set steps = divide('(' ~ celsius ~ ') - (' ~ reference_celsius ~ ')', 10, 8) -%}
    {{ fixed_from_float('pow(cast((' ~ q10 ~ ') as double), cast(' ~ steps ~ ' as double))') }}
{%- endmacro %}

{# Where a value lies to its bounds, which it may touch: `low`, `safe`, `high`; null without the value or both bounds. #}
{% macro kpi_storage_state(measured, low_bound, high_bound) -%}
    case
        when {{ measured }} > {{ high_bound }} then 'high'
        when {{ measured }} < {{ low_bound }} then 'low'
        when {{ measured }} is not null and coalesce({{ low_bound }}, {{ high_bound }}) is not null then 'safe'
    end
{%- endmacro %}

{# Whether a reading is a spike: it leaps away from the one before and the next leaps back, both beyond the limit. #}
{% macro kpi_is_spike(before, measured, after, limit) -%}
    coalesce(
        ({{ measured }} - {{ before }} > {{ limit }} and {{ measured }} - {{ after }} > {{ limit }})
        or ({{ before }} - {{ measured }} > {{ limit }} and {{ after }} - {{ measured }} > {{ limit }}),
        false
    )
{%- endmacro %}

{# Days of life left: those the label gives less what was used beyond the calendar; storage never gives life back, and
   goods that froze and must not have none. decimal(24, 2); null without an expiry. #}
{% macro kpi_remaining_life_days(label_days, extra_age_days, is_spoiled) -%}
    case
        when {{ label_days }} is null then null
        when {{ is_spoiled }} then cast(0 as decimal(24, 2))
        else {{ fixed(
            'greatest((' ~ label_days ~ ') - greatest(coalesce(' ~ extra_age_days ~ ', 0), 0), 0)', 2
        ) }}
    end
{%- endmacro %}

{# What of a lot nobody will buy in time: its quantity less what demand takes of it. decimal(18, 4). #}
{% macro kpi_lot_risk_qty(lot_qty, taken_qty) -%}
    cast(greatest(({{ lot_qty }}) - ({{ taken_qty }}), 0) as decimal(18, 4))
{%- endmacro %}

{# Share of known time in which goods were kept as they must be, or of value at risk: one sum over another.
   decimal(24, 6). #}
{% macro kpi_storage_ratio(part, whole) -%}
    {{ divide(part, whole) }}
{%- endmacro %}

{# Name of the bounds of goods: equal bounds, equal name. #}
{% macro storage_band_id() -%}
    storage_class
    {%- for column in [
        'storage_min_celsius', 'storage_max_celsius', 'storage_min_humidity_pct', 'storage_max_humidity_pct',
        'reference_storage_celsius',
    ] %}
    || '/' || coalesce(cast({{ column }} as string), '-')
    {%- endfor %}
{%- endmacro %}
