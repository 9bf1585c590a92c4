{# Hash of a row's columns, a signed 64-bit integer; null-safe. It finds candidates and parts work, and the columns decide:
   it is never published as data and never compared between engines or versions. #}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash', 'leadlag')(columns)) }}
{%- endmacro %}
{% macro default__row_hash(columns) -%}
    cast(hash({{ columns | join(', ') }}) // 2 as bigint)
{%- endmacro %}
{% macro spark__row_hash(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
