{# Materialisation of stg_unified__redelivery: deliveries of the events that came more than once.
   Full: every event is hashed once into kernel.event, and only those whose hash comes twice are ranked. Increment: events
   of the new batches whose hash is known already, with their earlier deliveries, found by batch. #}
{% materialization redeliveries, adapter='duckdb' %}
    {%- set name = this.identifier -%}
    {%- set movements = ref('stg_wms__movements') -%}
    {%- set hash = kernel_event_hash() -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do kernel_prepare() %}
    {% set batch = ref('stg_unified__movement_month') %}
    {% set batches = kernel_batches(name, "select distinct batch_id from " ~ batch) %}
    {% set anew = existing is none or existing.type != 'table' or should_full_refresh() or batches['lost'] > 0 %}
    {% set events = "select " ~ hash ~ " as event_hash, " ~ row_hash(['_meta_batch_id']) ~ " as batch_hash from " ~ movements %}

    {% if anew %}
        {% do run_query("create or replace table kernel.event_new as " ~ events) %}
        {# In passes, each over a share of the hashes, so that the count holds few of them at once. #}
        {% set passes = kernel_value("select count(*) from kernel.event_new") // (10 * kernel_step_rows()) + 1 %}
        {% do run_query("create or replace temporary table kernel_redelivered (event_hash bigint)") %}
        {% for number in range(passes) %}
            {% do run_query(
                "insert into kernel_redelivered select event_hash from kernel.event_new where event_hash % " ~ passes ~ " = "
                ~ number ~ " group by event_hash having count(*) > 1"
            ) %}
        {% endfor %}
        {% set scope = hash ~ " in (select event_hash from kernel_redelivered)" %}
    {% else %}
        {% do run_query(
            "create or replace temporary table kernel_new_event as " ~ events ~ " where "
            ~ kernel_of_batches("select batch_id from kernel_new_batch", batch)
        ) %}
        {% do run_query(
            "create or replace temporary table kernel_seen as select event_hash, batch_hash from kernel.event "
            ~ "where event_hash in (select event_hash from kernel_new_event)"
        ) %}
        {% do run_query(
            "create or replace temporary table kernel_redelivered as select event_hash from kernel_new_event "
            ~ "group by event_hash having count(*) > 1 union select event_hash from kernel_seen"
        ) %}
        {% set where_they_are = kernel_of_batches(
            kernel_batches_hashed(
                "select batch_hash from kernel_seen union select batch_hash from kernel_new_event "
                ~ "where event_hash in (select event_hash from kernel_redelivered)"
            ),
            batch
        ) %}
        {% set scope = where_they_are ~ " and " ~ hash ~ " in (select event_hash from kernel_redelivered)" %}
    {% endif %}
    {% do run_query("create or replace temporary table kernel_fresh as " ~ kernel_few(sql, movements, scope)) %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            {{ kernel_fresh_instead_sql(existing, target) }}
            delete from kernel.batch where relation = '{{ name }}';
            drop table kernel.event;
            alter table kernel.event_new rename to event;
            create or replace table kernel.news as select *, true as is_new from kernel.event where false;
            insert into kernel.batch select '{{ name }}', batch_id from kernel_known_batch;
        {% else %}
            delete from {{ target }}
            where (site_code, event_id) in (select site_code, event_id from kernel_fresh);
            insert into {{ target }} select * from kernel_fresh;
            insert into kernel.event select * from kernel_new_event;
            {% if kernel_value("select count(*) from kernel_new_batch") > 0 %}
            delete from kernel.news;
            insert into kernel.news select *, true from kernel_new_event union all select *, false from kernel_seen;
            {% endif %}
            insert into kernel.batch select '{{ name }}', batch_id from kernel_new_batch;
        {% endif %}
    {% endcall %}
    {% do kernel_done(target, ['kernel_new_batch', 'kernel_known_batch', 'kernel_new_event', 'kernel_seen', 'kernel_redelivered', 'kernel_fresh', 'kernel_delivery']) %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
