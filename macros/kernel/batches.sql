{# Materialisation of stg_unified__movement_month: one row per pinned batch of movements and month. A batch never changes,
   so that only new ones are read; those that are pinned no more are forgotten. #}
{% materialization batches, adapter='duckdb' %}
    {%- set pinned = ref('stg_audit__pinned_batches') -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set anew = existing is none or existing.type != 'table' or should_full_refresh() -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% if anew %}
        {% set fresh = kernel_step(sql, "true") %}
    {% else %}
        {% set new = "select batch_id from " ~ pinned ~ " where source = 'wms' and entity = 'movements' "
            ~ "and batch_id not in (select batch_id from " ~ target ~ ")" %}
        {% set fresh = "select * from (" ~ kernel_step(sql, kernel_of_batches(new, pinned)) ~ ") as told where batch_id in (" ~ new ~ ")" %}
    {% endif %}
    {% do run_query("create or replace temporary table kernel_fresh as " ~ fresh) %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            {{ kernel_fresh_instead_sql(existing, target) }}
        {% else %}
            delete from {{ target }} where batch_id not in (select batch_id from {{ pinned }});
            insert into {{ target }} select * from kernel_fresh;
        {% endif %}
    {% endcall %}
    {% do kernel_done(target, ['kernel_fresh']) %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
