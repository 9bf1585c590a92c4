{# State of the kernel: what an increment knows of the builds before it. It lives in schema `kernel` of the working database
   beside the storage of the positions, is written in the same transaction as the rows it speaks of, and is never published.
   A build that finds it missing, or a batch gone from it, builds anew, so that nothing depends on its being kept.
     built(relation, revision)    revision of the ledger that a relation was made from; 'ledger' is the ledger's own and
                                  'ledger.floor' the revision of its last full build
     batch(relation, batch_id)    batches of movements that a relation was made from
     event(event_hash, batch_id)  where each delivery of an event is, by the hash of its site and event id
     master(scope, code, said)    what the masters said of each item code and site when the ledger was made
     version(site_code, event_id, said_hash)  what stg_unified__booked_version and stg_unified__event_clock said of each event
                                  when the ledger was made
     change(revision, stock, moment)  stocks whose books changed, and from when on
     extraction(batch_id, extracted_at)  when each batch of movements was extracted
     span(batch_id, latest)       the last moment that a batch of movements tells of, by clock or by recording
     month(month, row_count)      how much happened when: what the steps of a build are cut by
   What belongs here: tables of the state and the questions asked of it. What does not: how a relation is made. #}

{% macro kernel_prepare() %}
    {% do run_query("create schema if not exists kernel") %}
    {% do run_query("create table if not exists kernel.built (relation varchar, revision integer)") %}
    {% do run_query("create table if not exists kernel.batch (relation varchar, batch_id varchar)") %}
    {% do run_query("create table if not exists kernel.event (event_hash bigint, batch_id varchar)") %}
    {% do run_query("create table if not exists kernel.extraction (batch_id varchar, extracted_at timestamp)") %}
    {% do run_query("create table if not exists kernel.span (batch_id varchar, latest timestamp)") %}
    {% do run_query("create table if not exists kernel.month (month date, row_count bigint)") %}
    {% do run_query("create table if not exists kernel.master (scope varchar, code varchar, said varchar)") %}
    {% do run_query(
        "create table if not exists kernel.version (site_code varchar, event_id varchar, said_hash bigint)"
    ) %}
    {% do run_query(
        "create table if not exists kernel.change (revision integer, sku_id varchar, location_id varchar, "
        ~ "lot_code varchar, stock_status varchar, owner_code varchar, posted_at timestamp, posting_date date)"
    ) %}
{% endmacro %}

{# The one value of a query, or none. #}
{% macro kernel_value(sql) %}
    {% set rows = run_query(sql) %}
    {{ return(rows[0][0] if rows | length else none) }}
{% endmacro %}

{% macro kernel_revision(name) %}
    {{ return(kernel_value("select revision from kernel.built where relation = '" ~ name ~ "'")) }}
{% endmacro %}

{# Statements that record a revision; part of the transaction that wrote the rows. #}
{% macro kernel_built_sql(name, revision) %}
    delete from kernel.built where relation = '{{ name }}';
    insert into kernel.built values ('{{ name }}', {{ revision }});
{% endmacro %}

{# Temporary tables of the batches that `name` may read, kernel_known_batch, and among them those that it has not read yet,
   kernel_new_batch; and how many it has read that are not there any more: {'lost': n}.
     known    query of the batches: what is pinned, or what the step before has read, so that no step runs ahead of it when
              a person builds one model alone #}
{% macro kernel_batches(name, known) %}
    {% do run_query("create or replace temporary table kernel_known_batch as " ~ known) %}
    {% do run_query(
        "create or replace temporary table kernel_new_batch as select batch_id from kernel_known_batch "
        ~ "where batch_id not in (select batch_id from kernel.batch where relation = '" ~ name ~ "')"
    ) %}
    {% set lost = kernel_value(
        "select count(*) from kernel.batch where relation = '" ~ name
        ~ "' and batch_id not in (select batch_id from kernel_known_batch)"
    ) %}
    {{ return({'lost': lost}) }}
{% endmacro %}

{# Condition for the movements of some batches. The moments of their extractions are named with them: a scan skips by a list
   of moments the files of others, which a list of texts does not make it do. #}
{% macro kernel_of_batches(sql) %}
    {% set ids, moments = [], [] %}
    {% for row in run_query(
        "select wanted.batch_id, cast(extraction.extracted_at as varchar) from (" ~ sql ~ ") as wanted "
        ~ "left join kernel.extraction as extraction on wanted.batch_id = extraction.batch_id"
    ) %}
        {% do ids.append("'" ~ row[0] | replace("'", "''") ~ "'") %}
        {% do moments.append("timestamp '" ~ row[1] ~ "'" if row[1] else none) %}
    {% endfor %}
    {% if not ids %}{{ return("false") }}{% endif %}
    {% set in_batches = "_meta_batch_id in (" ~ ids | unique | join(', ') ~ ")" %}
    {% if none in moments %}{{ return(in_batches) }}{% endif %}
    {{ return(in_batches ~ " and _meta_extracted_at in (" ~ moments | unique | join(', ') ~ ")") }}
{% endmacro %}

{# What a model's rows are cut down to in one step of its build: the whole when it is compiled, tested or built elsewhere.
   Stands alone in the WHERE of the CTE over the relation that is cut. #}
{% macro kernel_scope() -%}
    true /* kernel:scope */
{%- endmacro %}

{# The balances that a step starts from, as movements: none when the whole is built at once. #}
{% macro kernel_opening(movements) -%}
    /* kernel:opening */ from {{ movements }}
    where false /* kernel:opened */
{%- endmacro %}

{# A part of a model's SQL that its materialisation may make by itself. It reads none of the model's CTEs, or those that the
   materialisation puts before it. #}
{% macro kernel_part(name, sql) -%}
    /* kernel:part {{ name }} */ {{ sql }} /* kernel:end {{ name }} */
{%- endmacro %}

{# The SQL of that part. #}
{% macro kernel_part_of(sql, name) %}
    {% set found = modules.re.findall("(?s)/\\* kernel:part " ~ name ~ " \\*/(.*?)/\\* kernel:end " ~ name ~ " \\*/", sql) %}
    {% if found | length != 1 %}
        {{ exceptions.raise_compiler_error("the model has not one kernel_part(" ~ name ~ "): " ~ model.unique_id) }}
    {% endif %}
    {{ return(found[0]) }}
{% endmacro %}

{# A model's SQL that reads that part from a relation. #}
{% macro kernel_without_part(sql, name, relation) %}
    {{ return(sql | replace(kernel_part_of(sql, name), " select * from " ~ relation ~ " ")) }}
{% endmacro %}

{# A model's SQL for one step. #}
{% macro kernel_step(sql, scope, opening=none) %}
    {% set scoped = sql | replace("true /* kernel:scope */", scope) %}
    {% if scoped == sql %}
        {{ exceptions.raise_compiler_error("the model has no kernel_scope(): " ~ model.unique_id) }}
    {% endif %}
    {% if opening is not none %}
        {% set opened = modules.re.sub(
            "(?s)/\\* kernel:opening \\*/.*?/\\* kernel:opened \\*/", "from " ~ opening, scoped
        ) %}
        {% if opened == scoped %}
            {{ exceptions.raise_compiler_error("the model has no kernel_opening(): " ~ model.unique_id) }}
        {% endif %}
        {% set scoped = opened %}
    {% endif %}
    {{ return(scoped) }}
{% endmacro %}

{# A model's SQL for the few deliveries that meet a condition. They are read once, into kernel_delivery, however often the
   model reads them. #}
{% macro kernel_few(sql, deliveries, condition) %}
    {% set cut = sql | replace(deliveries | string, 'kernel_delivery') %}
    {% if cut == sql %}
        {{ exceptions.raise_compiler_error("the model does not read " ~ deliveries ~ ": " ~ model.unique_id) }}
    {% endif %}
    {% do run_query(
        "create or replace temporary table kernel_delivery as select * from " ~ deliveries ~ " where " ~ condition
    ) %}
    {{ return(kernel_step(cut, "true")) }}
{% endmacro %}

{# Movements that a step may hold at once. #}
{% macro kernel_step_rows() %}
    {{ return(env_var('LEADLAG_STEP_ROWS', '2000000') | int) }}
{% endmacro %}

{# Ranges [from, to) of time, months in order, each of about as many rows as a step may hold at once (LEADLAG_STEP_ROWS);
   the first and the last are open, and a small ledger is one step: [{'from': date or none, 'to': date or none}]. #}
{% macro kernel_steps() %}
    {% set most = kernel_step_rows() %}
    {% set state = namespace(first=none, rows=0) %}
    {% set steps = [] %}
    {% for month in run_query("select month, sum(row_count) from kernel.month group by month order by month") %}
        {% if state.rows > 0 and state.rows + month[1] > most %}
            {% do steps.append({'from': state.first, 'to': month[0]}) %}
            {% set state.first = month[0] %}
            {% set state.rows = 0 %}
        {% endif %}
        {% set state.rows = state.rows + month[1] %}
    {% endfor %}
    {% do steps.append({'from': state.first, 'to': none}) %}
    {{ return(steps) }}
{% endmacro %}

{# Condition for the rows of a step. #}
{% macro kernel_range(step, moment) %}
    {% set bounds = [] %}
    {% if step['from'] is not none %}{% do bounds.append(moment ~ " >= date '" ~ step['from'] ~ "'") %}{% endif %}
    {% if step['to'] is not none %}{% do bounds.append(moment ~ " < date '" ~ step['to'] ~ "'") %}{% endif %}
    {{ return(bounds | join(" and ") if bounds else "true") }}
{% endmacro %}

{# Contract check of a model's SQL, as the table materialisation makes it; the SQL with its columns in the contract's order. #}
{% macro kernel_contracted(sql) %}
    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ return(get_select_subquery(sql)) }}
    {% endif %}
    {{ return(sql) }}
{% endmacro %}

{# Drops the temporary tables of a materialisation: the connection outlives the node. #}
{% macro kernel_forget(tables) %}
    {% for table in tables %}
        {% do run_query("drop table if exists temp." ~ table) %}
    {% endfor %}
{% endmacro %}
