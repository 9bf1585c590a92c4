{# Weeks and weekdays, from the shims of dates.sql: a week begins on Monday (ISO 8601). What belongs here: calendar
   arithmetic in weeks. Not here: what an engine spells in its own way. #}

{# Number of ISO weeks that the days from a to b touch, both included: 1 when they lie in one week. #}
{% macro weeks_touched(a, b) -%}
    cast({{ divide(days_between("cast(date_trunc('week', " ~ a ~ ") as date)", "cast(date_trunc('week', " ~ b ~ ") as date)"), 7) }}
    + 1 as integer)
{%- endmacro %}

{# Weekday of a date, 1 Monday to 7 Sunday. #}
{% macro iso_weekday(day) -%}
    cast({{ days_between("cast(date_trunc('week', " ~ day ~ ") as date)", day) }} + 1 as integer)
{%- endmacro %}

{# How often a weekday (1 Monday to 7 Sunday) lies in the days from one date on and before another; integer. Weeks are
   counted from a Monday. #}
{% macro weekday_count(from_date, to_date, iso_weekday) -%}
    {%- set since = [] -%}
    {%- for day in [from_date, to_date] -%}
        {%- set days = days_between("date '1900-01-01'", day) ~ ' - ' ~ iso_weekday ~ ' + 7' -%}
        {%- do since.append('floor(' ~ divide(days, 7) ~ ')') -%}
    {%- endfor -%}
    cast({{ since[1] }} - {{ since[0] }} as integer)
{%- endmacro %}

{# Date moved by a whole number of weeks (negative goes back). #}
{% macro add_weeks(from_date, weeks) -%}
    {{ add_days(from_date, '7 * (' ~ weeks ~ ')') }}
{%- endmacro %}

{# Whole weeks from the Monday a to the Monday b, as decimal(24, 1). #}
{% macro weeks_between(a, b) -%}
    {{ divide(days_between(a, b), 7, 1) }}
{%- endmacro %}

{# Sunday of the week that begins on a Monday. #}
{% macro week_end(week_start_date) -%}
    {{ add_days(week_start_date, 6) }}
{%- endmacro %}
