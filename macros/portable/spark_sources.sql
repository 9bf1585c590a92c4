{# Names each pinned entity as a table of its source, so that source() means on Spark what it means on DuckDB. Run it before
   a build: `dbt run-operation register_sources --target spark`. Columns and types are the contract's. #}
{% macro register_sources() %}
    {%- set meta_columns = {
        '_batch_id': 'varchar', '_instance': 'varchar', '_extracted_at': 'timestamp', '_file': 'varchar', '_row': 'bigint'
    } -%}
    {%- for source in graph.sources.values() %}
        {%- set types = {} -%}
        {%- for column in source.columns.values() %}{% do types.update({column.name: column.data_type}) %}{% endfor -%}
        {%- do types.update(meta_columns) -%}
        {%- do run_query('create schema if not exists ' ~ source.schema) -%}
        {%- do run_query('drop table if exists ' ~ source.schema ~ '.' ~ source.identifier) -%}
        {%- set columns = [] -%}
        {%- for name, data_type in types.items() %}{% do columns.append(name ~ ' ' ~ spark_type(data_type)) %}{% endfor -%}
        {%- do run_query(
            'create table ' ~ source.schema ~ '.' ~ source.identifier ~ ' (' ~ columns | join(', ') ~ ") using parquet location '"
            ~ env_var('LEADLAG_HOME', '.leadlag') ~ '/accepted/pinned/' ~ source.source_name ~ '/' ~ source.name ~ "'"
        ) -%}
    {%- endfor %}
{% endmacro %}
