{# Shims for dates: what each engine spells in its own way. #}

{# Business date of a UTC timestamp in an IANA time zone, whatever the session's time zone is. #}
{% macro business_date(utc_timestamp, time_zone) -%}
    {{ return(adapter.dispatch('business_date', 'leadlag')(utc_timestamp, time_zone)) }}
{%- endmacro %}
{% macro default__business_date(utc_timestamp, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ utc_timestamp }})) as date)
{%- endmacro %}
{% macro spark__business_date(utc_timestamp, time_zone) -%}
    cast(from_utc_timestamp({{ utc_timestamp }}, {{ time_zone }}) as date)
{%- endmacro %}

{# Boundaries of `unit` ('day', 'second') passed from a to b; negative when b comes first. #}
{% macro units_between(unit, a, b) -%}
    {{ return(adapter.dispatch('units_between', 'leadlag')(unit, a, b)) }}
{%- endmacro %}
{% macro default__units_between(unit, a, b) -%}
    date_diff('{{ unit }}', {{ a }}, {{ b }})
{%- endmacro %}
{% macro spark__units_between(unit, a, b) -%}
    {%- if unit == 'day' -%}
    datediff({{ b }}, {{ a }})
    {%- else -%}
    (unix_seconds(cast({{ b }} as timestamp)) - unix_seconds(cast({{ a }} as timestamp)))
    {%- endif -%}
{%- endmacro %}

{# Whole days from date a to date b. #}
{% macro days_between(a, b) -%}
    {{ units_between('day', a, b) }}
{%- endmacro %}

{# Whole seconds from timestamp a to timestamp b. #}
{% macro seconds_between(a, b) -%}
    {{ units_between('second', a, b) }}
{%- endmacro %}

{# Relation with one column `date_day`: every day from the scalar expression `first_day` to `last_day`, both included. #}
{% macro day_series(first_day, last_day) -%}
    {{ return(adapter.dispatch('day_series', 'leadlag')(first_day, last_day)) }}
{%- endmacro %}
{% macro default__day_series(first_day, last_day) -%}
    select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as date_day
{%- endmacro %}
{% macro spark__day_series(first_day, last_day) -%}
    select explode(
        case when {{ first_day }} <= {{ last_day }} then sequence({{ first_day }}, {{ last_day }}, interval 1 day) end
    ) as date_day
{%- endmacro %}

{# A date or timestamp moved by a whole number of units: minutes, hours, days or months (negative goes back); month ends are kept
   inside the month. `kind` is the type of what comes out. #}
{% macro moved(moment, amount, unit, kind) -%}
    {{ return(adapter.dispatch('moved', 'leadlag')(moment, amount, unit, kind)) }}
{%- endmacro %}
{% macro default__moved(moment, amount, unit, kind) -%}
    cast({{ moment }} + to_{{ unit }}(cast({{ amount }} as integer)) as {{ kind }})
{%- endmacro %}
{% macro spark__moved(moment, amount, unit, kind) -%}
    cast(timestampadd({{ unit[:-1] }}, cast({{ amount }} as integer), cast({{ moment }} as timestamp)) as {{ kind }})
{%- endmacro %}

{# Date moved by a whole number of months. #}
{% macro add_months(from_date, months) -%}
    {{ moved(from_date, months, 'months', 'date') }}
{%- endmacro %}

{# Date moved by a whole number of days. #}
{% macro add_days(from_date, days) -%}
    {{ moved(from_date, days, 'days', 'date') }}
{%- endmacro %}

{# UTC timestamp moved by a whole number of hours (negative goes back). #}
{% macro add_hours(from_timestamp, hours) -%}
    {{ moved(from_timestamp, hours, 'hours', 'timestamp') }}
{%- endmacro %}

{# UTC timestamp moved by a whole number of minutes (negative goes back). #}
{% macro add_minutes(from_timestamp, minutes) -%}
    {{ moved(from_timestamp, minutes, 'minutes', 'timestamp') }}
{%- endmacro %}

{# The 96 quarters of an hour of a day, counted from 0, with the hour's end they lie before: body of a CTE. Every day of
   every zone turns at one of them. #}
{% macro quarters_of_a_day() -%}
    {%- for quarter_no in range(96) %}
    select
        {{ quarter_no }} as quarter_no,
        {{ 'true' if quarter_no % 4 == 0 else 'false' }} as is_whole_hour,
        {{ (quarter_no + 3) // 4 * 4 }} as next_hour_quarter_no
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Timestamp of a quarter of a date. #}
{% macro quarter_moment(from_date, quarter_no) -%}
    {{ add_minutes('cast(' ~ from_date ~ ' as timestamp)', '15 * ' ~ quarter_no) }}
{%- endmacro %}

{# Start of the quarter of an hour of a UTC moment. Days turn at one in every time zone of today, so that its business day is that
   of all its moments: the dear conversion is made once for them. #}
{% macro quarter_start(moment) -%}
    {%- set minute = "extract(minute from " ~ moment ~ ")" -%}
    {{ add_minutes("date_trunc('hour', " ~ moment ~ ")", minute ~ " - " ~ minute ~ " % 15") }}
{%- endmacro %}

{# UTC timestamp moved by a whole number of times 24 hours (negative goes back). #}
{% macro add_whole_days(from_timestamp, days) -%}
    {{ add_hours(from_timestamp, '(' ~ days ~ ') * 24') }}
{%- endmacro %}

{# Seconds as days of 24 hours, decimal(24, 6). #}
{% macro seconds_as_days(seconds) -%}
    {{ divide(seconds, 86400) }}
{%- endmacro %}

{# Seconds as minutes, decimal(24, 2). #}
{% macro seconds_as_minutes(seconds) -%}
    {{ divide(seconds, 60, 2) }}
{%- endmacro %}

{# Seconds of so many minutes. #}
{% macro minutes_as_seconds(minutes) -%}
    cast(60 * ({{ minutes }}) as bigint)
{%- endmacro %}

{# First day of the period of a type (`day`, `week` from Monday, `month`) that a day lies in. #}
{% macro period_first_day(period_type, day) -%}
    case {{ period_type }}
        when 'month' then cast(date_trunc('month', {{ day }}) as date)
        when 'week' then cast(date_trunc('week', {{ day }}) as date)
        else {{ day }}
    end
{%- endmacro %}
