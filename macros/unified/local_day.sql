{# The business day of events in their millions, from the small calendar of the zones. The model has the CTE `local_days`
   over stg_unified__local_day. #}

{# Join to the row of `local_days` for the UTC moment of a row in its time zone (UTC where it has none). #}
{% macro join_local_day(moment, time_zone) %}
    left join local_days
        on
            coalesce({{ time_zone }}, 'UTC') = local_days.time_zone
            and cast({{ moment }} as date) = local_days.utc_day_date
{% endmacro %}

{# Business day of the moment, after join_local_day. The calendar holds the days of the movements: with a time zone given, a
   moment beyond them is converted by itself. #}
{% macro local_business_date(moment, time_zone=none) -%}
    case
        {%- if time_zone is not none %}
        when local_days.time_zone is null then {{ business_date(moment, "coalesce(" ~ time_zone ~ ", 'UTC')") }}
        {%- endif %}
        when {{ moment }} >= local_days.turns_at then local_days.next_business_date
        else local_days.business_date
    end
{%- endmacro %}
