{# Materialisation of stg_unified__movement: the ledger, one row per delivery, appended batch by batch.
   Full: month after month of events; what the reversals among them take back is looked up once for all months.
   Increment: the new batches, the events that these correct or take back, and those of which the masters, the booked
   versions or the clocks now say otherwise. Rows that differ are exchanged, and kernel.change names their stocks and moments. #}
{% materialization ledger, adapter='duckdb' %}
    {%- set name = this.identifier -%}
    {%- set movements = ref('stg_wms__movements') -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do kernel_prepare() %}
    {% set batches = kernel_batches(
        name, "select batch_id from kernel.batch where relation = '" ~ ref('stg_unified__redelivery').identifier ~ "'"
    ) %}
    {% set revision = kernel_revision('ledger') or 0 %}
    {% set anew = existing is none or existing.type != 'table' or should_full_refresh() or batches['lost'] > 0
        or revision == 0 %}
    {% do run_query("create or replace temporary table kernel_master as " ~ ledger_masters()) %}
    {% do run_query("create or replace temporary table kernel_version as " ~ ledger_versions()) %}

    {% if anew %}
        {% set built = ledger_anew(sql, target) %}
    {% else %}
        {% do ledger_difference(sql, target, movements) %}
    {% endif %}
    {% set differs = not anew and kernel_value(
        "select (select count(*) from kernel_removed) + (select count(*) from kernel_added)"
    ) > 0 %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            drop {{ existing.type if existing else 'table' }} if exists {{ target }};
            alter table {{ built }} rename to {{ adapter.quote(target.identifier) }};
            delete from kernel.change;
            create or replace table kernel.undated as {{ undated_events(target) }};
            delete from kernel.batch where relation = '{{ name }}';
            insert into kernel.batch select '{{ name }}', batch_id from kernel_known_batch;
            {{ kernel_built_sql('ledger', revision + 1) }}
            {{ kernel_built_sql('ledger.floor', revision + 1) }}
        {% else %}
            {% if differs %}
            delete from {{ target }}
            using kernel_removed
            where
                {{ target.identifier }}._meta_file = kernel_removed._meta_file
                and {{ target.identifier }}._meta_row = kernel_removed._meta_row
                and {{ target.identifier }}.occurred_at >= (select min(occurred_at) from kernel_removed)
                and {{ target.identifier }}.occurred_at <= (select max(occurred_at) from kernel_removed);
            insert into {{ target }} select * from kernel_added order by occurred_at;
            delete from kernel.change
            where revision <= (select min(revision) from kernel.built where relation not in ('ledger', 'ledger.floor'));
            insert into kernel.change {{ ledger_changes(revision + 1) }};
            delete from kernel.undated where (site_code, event_id) in (select (site_code, event_id) from kernel_linked);
            insert into kernel.undated {{ undated_events('kernel_fresh') }};
            {{ kernel_built_sql('ledger', revision + 1) }}
            {% endif %}
            insert into kernel.batch select '{{ name }}', batch_id from kernel_new_batch;
        {% endif %}
        create or replace table kernel.master as select * from kernel_master;
        create or replace table kernel.version as select * from kernel_version;
    {% endcall %}
    {% do kernel_done(target, [
        'kernel_new_batch', 'kernel_known_batch', 'kernel_master', 'kernel_version', 'kernel_linked', 'kernel_affected', 'kernel_held',
        'kernel_fresh', 'kernel_removed', 'kernel_added', 'kernel_news', 'kernel_delivery',
    ] + ledger_parts().values() | list) %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Parts of the ledger's SQL that a build makes once for all its steps, and the temporary tables that hold them; each may read
   those before it. #}
{% macro ledger_parts() %}
    {{ return({'reversals': 'kernel_reversal', 'spellings': 'kernel_spelling', 'said': 'kernel_said'}) }}
{% endmacro %}

{# Writes the whole ledger into a table of its own, step by step, and returns its name. #}
{% macro ledger_anew(sql, target) %}
    {% set built = make_intermediate_relation(target) %}
    {% set steps = kernel_steps() %}
    {% do run_query("drop table if exists " ~ built) %}
    {% if steps | length == 1 %}
        {% do run_query("create table " ~ built ~ " as " ~ kernel_step(sql, "true")) %}
        {{ return(built) }}
    {% endif %}
    {# What all steps look up is made once: a reversal and what it takes back, for one, lie in different steps. #}
    {% set stepwise = namespace(sql=sql, imports="with redeliveries as (select * from " ~ ref('stg_unified__redelivery') ~ "), clocks as (select * from "
        ~ ref('stg_unified__event_clock') ~ "), booked_versions as (select * from " ~ ref('stg_unified__booked_version') ~ ")") %}
    {% for part, table in ledger_parts().items() %}
        {% do run_query(
            "create or replace temporary table " ~ table ~ " as " ~ stepwise.imports ~ " " ~ kernel_part_of(sql, part)
        ) %}
        {% set stepwise.imports = stepwise.imports ~ ", " ~ part ~ " as (select * from " ~ table ~ ")" %}
        {% set stepwise.sql = kernel_without_part(stepwise.sql, part, table) %}
    {% endfor %}
    {% do run_query("create table " ~ built ~ " as " ~ kernel_step(stepwise.sql, "false")) %}
    {% for step in steps %}
        {% do run_query("insert into " ~ built ~ " " ~ kernel_step(stepwise.sql, kernel_range(step, 'occurred_at'))) %}
    {% endfor %}
    {{ return(built) }}
{% endmacro %}
