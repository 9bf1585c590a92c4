{# Seeds on Spark: rows are written as literals, since the session's bindings make a text of what is empty. #}

{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set types = model['config']['column_types'] -%}
    {%- set sql -%}
    create table {{ this }} (
        {%- for name in agate_table.column_names %}
        {{ name }} {{ spark_type(types[name]) }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) using parquet
    {%- endset -%}
    {%- do run_query(sql) -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config']['column_types'] -%}
    {%- set sql -%}
    insert into {{ this }}
    select
        {%- for name in agate_table.column_names %}
        cast({{ name }} as {{ spark_type(types[name]) }}){{ ',' if not loop.last }}
        {%- endfor %}
    from values
    {%- for row in agate_table.rows %}
        (
        {%- for value in row -%}
            {{ 'null' if value is none else "'" ~ (value | string | replace("'", "' || chr(39) || '") | replace("\\", "' || chr(92) || '")) ~ "'" }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        ){{ ',' if not loop.last }}
    {%- endfor %}
    as seed ({{ agate_table.column_names | join(', ') }})
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}
