{# Under which day the books hold an event, and when: expressions over one row of the ledger and `open`, the row of
   stg_unified__open_day for the site and the extraction that brought the event. Nothing here reads a clock. #}

{# Whether the event came after its day had closed, at a site that was delivering when it closed. Where nothing is known
   of the site (no row of `open`) nothing is late. #}
{% macro is_posted_late(event_date, open='open_days') -%}
    coalesce({{ event_date }} >= {{ open }}.books_from_date and {{ event_date }} < {{ open }}.open_from_date, false)
{%- endmacro %}

{# Its own day if that was open, else the first open day. #}
{% macro posting_date(event_date, open='open_days') -%}
    case when {{ is_posted_late(event_date, open) }} then {{ open }}.open_from_date else {{ event_date }} end
{%- endmacro %}

{# Its own moment if its day was open, else the moment of posting of the first open day. #}
{% macro posted_at(event_date, occurred_at, open='open_days') -%}
    case when {{ is_posted_late(event_date, open) }} then {{ open }}.open_from_at else {{ occurred_at }} end
{%- endmacro %}

{# A UTC moment that lies on the business day `day` of the time zone, whatever the zone (-12 to +14 hours), and never after
   `latest`, which is on that business day or a later one: 11:00, else 01:00, else 23:00 of the date in UTC. #}
{% macro moment_on_day(day, time_zone, latest) -%}
    least(
        case
            {%- for hour in [11, 1] %}
            when {{ business_date(add_hours('cast(' ~ day ~ ' as timestamp)', hour), time_zone) }} = {{ day }}
                then {{ add_hours('cast(' ~ day ~ ' as timestamp)', hour) }}
            {%- endfor %}
            else {{ add_hours('cast(' ~ day ~ ' as timestamp)', 23) }}
        end,
        {{ latest }}
    )
{%- endmacro %}

{# What tells the legs of one event apart: nothing for the version that the books held first; '#late_out' takes back the
   version `number`, '#late_in' brings the one after it; a number stands behind from the second pair on. #}
{% macro posting_suffix(is_reversal, number) -%}
    case
        when {{ is_reversal }} then '#late_out' || case when {{ number }} > 1 then cast({{ number }} as string) else '' end
        when {{ number }} > 1
            then '#late_in' || case when {{ number }} > 2 then cast({{ number }} - 1 as string) else '' end
        else ''
    end
{%- endmacro %}

{# How a leg came into the books: on_time, late, or as half of a late correction. #}
{% macro posting_kind(is_reversal, number, event_date, posting_date) -%}
    case
        when {{ is_reversal }} then 'late_out'
        when {{ number }} > 1 then 'late_in'
        when {{ posting_date }} <> {{ event_date }} then 'late'
        else 'on_time'
    end
{%- endmacro %}

{# Join to the first day that the books of a site had open when an extraction came: a left join that never fans out. The model
   has the CTE `open_days` over stg_unified__open_day.
     at    column of `rows` with the moment of the extraction #}
{% macro join_open_day(rows, at='_meta_extracted_at') %}
    left join open_days
        on
            {{ rows }}.site_code = open_days.site_code
            and {{ rows }}.{{ at }} = open_days.extracted_at
{% endmacro %}

{# Which scope of a close rule is the narrower: the greatest speaks. #}
{% macro close_scope_rank() -%}
    case scope_type when 'location' then 2 when 'division' then 1 else 0 end
{%- endmacro %}

{# Whether a row of close rules speaks of a site. #}
{% macro close_scope_matches(rules, sites) -%}
    (
        {{ rules }}.scope_type = 'company'
        or ({{ rules }}.scope_type = 'division' and {{ sites }}.division_code = {{ rules }}.scope_id)
        or ({{ rules }}.scope_type = 'location' and {{ sites }}.location_id = {{ rules }}.scope_id)
    )
{%- endmacro %}

{# The columns of posting of a delivery that the books hold, null for one that they do not; ends with a comma. #}
{% macro booked_columns(is_booked) -%}
    {%- for column in ['posting_number', 'posting_date', 'posted_at', 'reversal_posting_date', 'reversal_posted_at'] -%}
    case when {{ is_booked }} then {{ column }} end as {{ column }},
    {%- if not loop.last %}
        {% endif %}
    {%- endfor %}
{%- endmacro %}
