{# Materialisation of stg_unified__clock_doubt: deliveries that their device's numbers or the system's clock contradict.
   Full: every numbered event once, and then those of the devices that are doubted at all. Increment: devices of the new
   batches, from the first moment on that the events in them speak of. A witness lies between the moment and the recording of
   what it speaks against, so what was recorded before that moment stays, and nobody speaks against the rest whose clock and
   recording both lie before its earliest moment. #}
{% materialization clocks, adapter='duckdb' %}
    {%- set name = this.identifier -%}
    {%- set movements = ref('stg_wms__movements') -%}
    {%- set hash = kernel_event_hash() -%}
    {%- set batch_hash = row_hash(['batch_id']) -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do kernel_prepare() %}
    {% set batches = kernel_batches(
        name, "select batch_id from kernel.batch where relation = '" ~ ref('stg_unified__redelivery').identifier ~ "'"
    ) %}
    {% set batch = ref('stg_unified__movement_month') %}
    {% set unknown = kernel_value(
        "select count(*) from kernel_known_batch where batch_id not in (select batch_id from " ~ batch ~ ")"
    ) %}
    {% set anew = existing is none or existing.type != 'table' or should_full_refresh() or batches['lost'] + unknown > 0 %}
    {% set scope = namespace(sql="true", since=none, earliest=none) %}
    {% if not anew %}
        {# All deliveries of the events in the new batches, since a new one may change which of them speaks. #}
        {% set older = kernel_value(
            "select count(*) from kernel_new_batch where " ~ batch_hash
            ~ " not in (select batch_hash from kernel.news where is_new)"
        ) %}
        {% set deliveries = "kernel.event" if older else "kernel.news" %}
        {% do run_query(
            "create or replace temporary table kernel_new_event as select distinct event_hash from " ~ deliveries
            ~ " where batch_hash in (select " ~ batch_hash ~ " from kernel_new_batch)"
        ) %}
        {% set where_they_are = kernel_of_batches(
            kernel_batches_hashed(
                "select batch_hash from " ~ deliveries ~ " where event_hash in (select event_hash from kernel_new_event)"
            ),
            batch
        ) %}
        {% do run_query(
            "create or replace temporary table kernel_affected as select site_code, device_id, "
            ~ "min(least(occurred_at, recorded_at)) as told_at from " ~ movements
            ~ " where device_id is not null and sequence_no is not null and " ~ where_they_are
            ~ " and " ~ hash ~ " in (select event_hash from kernel_new_event) group by all"
        ) %}
        {% set devices = "(site_code, device_id) in (select (site_code, device_id) from kernel_affected)" %}
        {% set scope.since = kernel_value("select cast(min(told_at) as varchar) from kernel_affected") %}
        {% set scope.sql = "false" %}
        {% if scope.since %}
            {# Once for what those tell, and once more for what clocks ahead of it were recorded. #}
            {% set scope.earliest = scope.since %}
            {% for step in range(2) %}
                {% set scope.earliest = kernel_value(
                    "select cast(min(least(occurred_at, recorded_at)) as varchar) from " ~ movements
                    ~ " where " ~ told_since(scope.earliest, batch) ~ " and " ~ devices
                ) %}
            {% endfor %}
            {% set scope.sql = told_since(scope.earliest, batch) ~ " and " ~ devices %}
        {% endif %}
    {% endif %}
    {% set fresh = clocks_anew(sql, movements) if anew else kernel_few(sql, movements, scope.sql, numbered_columns()) %}
    {% do run_query("create or replace temporary table kernel_fresh as " ~ fresh) %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            {{ kernel_fresh_instead_sql(existing, target) }}
            delete from kernel.batch where relation = '{{ name }}';
            insert into kernel.batch select '{{ name }}', batch_id from kernel_known_batch;
        {% else %}
            {% if scope.since %}
            delete from {{ target }} where recorded_at >= timestamp '{{ scope.since }}' and {{ devices }};
            insert into {{ target }} select * from kernel_fresh where recorded_at >= timestamp '{{ scope.since }}';
            {% endif %}
            insert into kernel.batch select '{{ name }}', batch_id from kernel_new_batch;
        {% endif %}
    {% endcall %}
    {% do kernel_done(target, ['kernel_new_batch', 'kernel_known_batch', 'kernel_new_event', 'kernel_affected', 'kernel_doubted', 'kernel_fresh', 'kernel_delivery']) %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# The model's SQL over everything: which devices are doubted is found first, and their deliveries are read once if a step may
   hold as many. #}
{% macro clocks_anew(sql, movements) %}
    {% do run_query("create or replace temporary table kernel_doubted as " ~ kernel_part_of(sql, 'doubted')) %}
    {% set sql = kernel_without_part(sql, 'doubted', 'kernel_doubted') %}
    {% set deliveries = kernel_value("select coalesce(sum(delivery_count), 0) from kernel_doubted") %}
    {% if deliveries == 0 %}
        {{ return(kernel_step(sql, "false")) }}
    {% endif %}
    {% if deliveries > kernel_step_rows() %}
        {{ return(kernel_step(sql, "true")) }}
    {% endif %}
    {% set theirs = row_hash(['site_code', 'device_id']) ~ " in (select device_hash from kernel_doubted)" %}
    {{ return(kernel_few(sql, movements, theirs, numbered_columns())) }}
{% endmacro %}

{# Condition for the deliveries of which the clock or the recording says a moment or later. The batches that tell of any are
   named, since a scan skips files by the batch and not by the later of two columns. #}
{% macro told_since(moment, batch) %}
    {% set batches = kernel_of_batches("select batch_id from " ~ batch ~ " where latest_at >= timestamp '" ~ moment ~ "'", batch) %}
    {{ return("greatest(occurred_at, recorded_at) >= timestamp '" ~ moment ~ "' and " ~ batches) }}
{% endmacro %}
