{# State of the kernel: what an increment knows of the builds before it. It lives in schema `kernel` of the working database
   beside the storage of the positions, is written in the same transaction as the rows it speaks of, and is never published.
   A build that finds it missing, or a batch gone from it, builds anew, so that nothing depends on its being kept.
     built(relation, revision)    revision of the ledger that a relation was made from; 'ledger' is the ledger's own and
                                  'ledger.floor' the revision of its last full build
     batch(relation, batch_id)    batches of movements that a relation was made from
     event(event_hash, batch_hash)  where each delivery of an event is: hashes of its site and event id, and of its batch's id
     master(scope, code, said)    what the masters said of each item code and site when the ledger was made
     version(site_code, event_id, said_hash)  what stg_unified__booked_version and stg_unified__event_clock said of each event
                                  when the ledger was made
     undated(site_code, event_id) events that stand in the ledger without a day, since their calendar was not there yet
     change(revision, stock, moment)  stocks whose books changed, and from when on
     news(event_hash, batch_hash, is_new)  all deliveries of the events in the batches that the last increment brought; is_new
                                  in those batches
   What belongs here: tables of the state and the questions asked of it. What does not: how a relation is made. #}

{% macro kernel_prepare() %}
    {% do run_query("create schema if not exists kernel") %}
    {% do run_query("create table if not exists kernel.built (relation varchar, revision integer)") %}
    {% do run_query("create table if not exists kernel.batch (relation varchar, batch_id varchar)") %}
    {% do run_query("create table if not exists kernel.event (event_hash bigint, batch_hash bigint)") %}
    {% do run_query("create table if not exists kernel.news (event_hash bigint, batch_hash bigint, is_new boolean)") %}
    {% do run_query("create table if not exists kernel.undated (site_code varchar, event_id varchar)") %}
    {% do run_query("create table if not exists kernel.master (scope varchar, code varchar, said varchar)") %}
    {% do run_query(
        "create table if not exists kernel.version (site_code varchar, event_id varchar, said_hash bigint)"
    ) %}
    {% do run_query(
        "create table if not exists kernel.change (revision integer, sku_id varchar, location_id varchar, "
        ~ "lot_code varchar, stock_status varchar, owner_code varchar, posted_at timestamp, posting_date date)"
    ) %}
{% endmacro %}

{# The hash by which an event is looked up. 44 bits are kept: every increment reads all of them, and what the columns do not
   confirm costs no more than a look (one pair in a million events of a day beside sixteen million known). #}
{% macro kernel_event_hash() %}
    {{ return(row_hash(['site_code', 'event_id']) ~ " % " ~ 2 ** 44) }}
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

{# Query of the batches, among those that a step may read (kernel_batches), that have one of some hashes of their id. #}
{% macro kernel_batches_hashed(hashes) %}
    {{ return("select batch_id from kernel_known_batch where " ~ row_hash(['batch_id']) ~ " in (" ~ hashes ~ ")") }}
{% endmacro %}

{# Condition for the movements of some batches. The moments of their extractions are named with them: a scan skips by a list
   of moments the files of others, which a list of texts does not make it do.
     batches    relation that tells batch_id and extracted_at of each #}
{% macro kernel_of_batches(sql, batches) %}
    {% set ids, moments = [], [] %}
    {% for row in run_query(
        "select distinct wanted.batch_id, cast(batches.extracted_at as varchar) from (" ~ sql ~ ") as wanted "
        ~ "left join " ~ batches ~ " as batches on wanted.batch_id = batches.batch_id"
    ) %}
        {% do ids.append("'" ~ row[0] | replace("'", "''") ~ "'") %}
        {% do moments.append("timestamp '" ~ row[1] ~ "'" if row[1] else none) %}
    {% endfor %}
    {% if not ids %}{{ return("false") }}{% endif %}
    {% set in_batches = "_meta_batch_id in (" ~ ids | unique | join(', ') ~ ")" %}
    {% if none in moments %}{{ return(in_batches) }}{% endif %}
    {{ return(in_batches ~ " and _meta_extracted_at in (" ~ moments | unique | join(', ') ~ ")") }}
{% endmacro %}

{# Stocks that changed since a revision, each with its first changed moment. #}
{% macro kernel_moved(keys, since_revision) %}
    {% do run_query(
        "create or replace temporary table kernel_moved as select " ~ row_hash(keys) ~ " as stock_key, " ~ keys | join(', ')
        ~ ", min(posted_at) as posted_at, min(posting_date) as posting_date from kernel.change where revision > "
        ~ since_revision ~ " group by " ~ keys | join(', ')
    ) %}
{% endmacro %}

{# Join condition of rows with a table of stocks; the alias of the rows is put in for {rows}. #}
{% macro kernel_same_stock(keys, stocks) %}
    {% set parts = [] %}
    {% for key in keys %}{% do parts.append("{rows}." ~ key ~ " = " ~ stocks ~ "." ~ key) %}{% endfor %}
    {{ return(parts | join(' and ')) }}
{% endmacro %}

{# Contract check of a model's SQL, as the table materialisation makes it; the SQL with its columns in the contract's order. #}
{% macro kernel_contracted(sql) %}
    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ return(get_select_subquery(sql)) }}
    {% endif %}
    {{ return(sql) }}
{% endmacro %}

{# Statements that put what kernel_fresh holds in the place of a relation. #}
{% macro kernel_fresh_instead_sql(existing, target) %}
            drop {{ existing.type if existing else 'table' }} if exists {{ target }};
            create table {{ target }} as select * from kernel_fresh;
{%- endmacro %}

{# The end of a materialisation, once its rows and its state are written: commit, and drop its temporary tables, since the
   connection outlives the node. #}
{% macro kernel_done(target, temporary) %}
    {% do run_hooks(post_hooks, inside_transaction=True) %}
    {% do persist_docs(target, model) %}
    {% do adapter.commit() %}
    {% for table in temporary %}
        {% do run_query("drop table if exists temp." ~ table) %}
    {% endfor %}
    {% do run_hooks(post_hooks, inside_transaction=False) %}
{% endmacro %}
