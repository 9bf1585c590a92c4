{# Schemas are the subject names, so that a reader asks for `lag.kpi_abc_class` on every target. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
