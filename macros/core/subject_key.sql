{# Keys of what people are asked about, made of what names it. Here: the text and its short key. Not here: hashes of rows
   (portable/hashes.sql) and of payloads (unified/tpl_items.sql). #}

{# Text of a subject's name: its parts with their lengths before them, so that ('a', 'bc') is not ('ab', 'c'). #}
{% macro subject_name(parts) -%}
    {%- for part in parts -%}
    coalesce(length({{ part }}) || ':' || {{ part }}, '-'){{ " || ' ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The subject's key: sixteen hexadecimal digits, the same for the same parts in every generation. #}
{% macro subject_key(parts) -%}
    substr(md5({{ subject_name(parts) }}), 1, 16)
{%- endmacro %}
