{# Messages and stock of third-party logistics providers (capability 2.4; docs/formulas.md#tpl). Arithmetic only: no ref, no
   join. #}

{# Messages that came over those that should have: came / (came + holes in the sequence), decimal(24, 6); null when none was
   to come. #}
{% macro kpi_tpl_completeness_ratio(received, missing) -%}
    {{ divide(received, '(' ~ received ~ ') + (' ~ missing ~ ')') }}
{%- endmacro %}

{# Share of a count, decimal(24, 6); null when there is nothing to share. #}
{% macro kpi_tpl_share_ratio(part, whole) -%}
    {{ divide(part, whole) }}
{%- endmacro %}

{# Seconds a message waited for its acknowledgement: until it came, else until the cut-off, so that one that never comes
   counts more with each day. Never below 0. #}
{% macro kpi_tpl_waiting_seconds(sent_at, acknowledged_at, as_of_at) -%}
    greatest({{ seconds_between(sent_at, 'coalesce(' ~ acknowledged_at ~ ', ' ~ as_of_at ~ ')') }}, 0)
{%- endmacro %}

{# Minutes of a number of seconds, decimal(24, 6). #}
{% macro kpi_tpl_ack_minutes(seconds) -%}
    {{ divide(seconds, 60) }}
{%- endmacro %}

{# Whether an order (940, 943) should have had its answer by now. #}
{% macro kpi_tpl_is_answer_due(sent_at, answer_hours, as_of_at) -%}
    {{ add_hours(sent_at, answer_hours) }} <= {{ as_of_at }}
{%- endmacro %}
