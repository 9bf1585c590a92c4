{# How a relation is made on Spark: the contract's columns in its order, each cast to the contract's type, as an INSERT into
   a typed table does on DuckDB. What belongs here: overrides of dbt-spark; nothing that DuckDB runs. #}

{# A contract's type in Spark's words: text has no length. #}
{% macro spark_type(data_type) -%}
    {{ return('string' if data_type == 'varchar' else data_type) }}
{%- endmacro %}

{% macro spark_typed_select(sql) -%}
    select
        {%- for column in model.columns.values() %}
        cast({{ column.name }} as {{ spark_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
{{ sql }}
    ) as untyped
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    create table {{ relation }} using parquet as
    {{ spark_typed_select(compiled_code) }}
{%- endmacro %}

{% macro spark__create_view_as(relation, sql) -%}
    create or replace view {{ relation }} as
    {{ spark_typed_select(sql) }}
{%- endmacro %}

{# Parquet tables take no row away: what is made step by step on DuckDB is built whole, as a table. #}
{% materialization incremental, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization batches, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization clocks, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization in_turn, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization ledger, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization ledger_days, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization redeliveries, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
{% materialization stock_runs, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
