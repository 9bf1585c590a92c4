{# Fingerprint of a set of rows, independent of their order; text. For change detection inside one warehouse only: it is
   never published as data and never compared between engines or versions. #}
{% macro rows_fingerprint(columns) -%}
    {{ return(adapter.dispatch('rows_fingerprint', 'leadlag')(columns)) }}
{%- endmacro %}
{% macro default__rows_fingerprint(columns) -%}
    cast(count(*) as string) || ':' || cast(sum(cast(hash({{ columns | join(', ') }}) as hugeint)) as varchar)
{%- endmacro %}
{% macro spark__rows_fingerprint(columns) -%}
    cast(count(*) as string) || ':' || cast(sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))) as string)
{%- endmacro %}
