{# Materialisation of running balances (fct_stock_position, fct_stock_on_hand): maximal runs of equal quantity.
   Closed rows are appended months in order to one table, open rows have a table of their own from which the next step
   starts; both lie in schema kernel, and the model is a view over the two. An increment restates a stock from its first
   changed moment on, and no other. Config: meta.keys, the columns that name a stock, first of them sku_id and location_id.
   The model's SQL has kernel_scope() over the ledger and kernel_opening() for the balances carried. #}
{% materialization stock_runs, adapter='duckdb' %}
    {%- set name = this.identifier -%}
    {%- set keys = config.get('meta')['keys'] -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- set closed = 'kernel.' ~ name ~ '_closed' -%}
    {%- set open = 'kernel.' ~ name ~ '_open' -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do kernel_prepare() %}
    {% set revision = kernel_revision('ledger') or 0 %}
    {% set mine = kernel_revision(name) %}
    {% set anew = existing is none or existing.type != 'view' or should_full_refresh() or mine is none
        or mine < (kernel_revision('ledger.floor') or 0) %}

    {% if anew %}
        {% do stock_runs_anew(sql, keys, closed, open) %}
    {% elif mine < revision %}
        {% do stock_runs_difference(sql, keys, closed, open, mine) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            drop table if exists {{ closed }};
            drop table if exists {{ open }};
            alter table {{ closed }}_new rename to {{ name }}_closed;
            alter table {{ open }}_new rename to {{ name }}_open;
            {% if existing is not none and existing.type != 'view' %}
            drop {{ existing.type }} {{ existing }};
            {% endif %}
            create or replace view {{ target }} as
            select * from {{ closed }} union all select * from {{ open }};
        {% elif mine < revision %}
            {% set same = kernel_same_stock(keys, 'kernel_moved') %}
            delete from {{ closed }} using kernel_moved
            where {{ same | replace('{rows}', name ~ '_closed') }}
                and {{ name }}_closed.valid_to >= kernel_moved.posted_at
                and {{ name }}_closed.valid_to >= (select min(posted_at) from kernel_moved);
            delete from {{ open }} using kernel_moved
            where {{ same | replace('{rows}', name ~ '_open') }};
            insert into {{ closed }} select * from kernel_runs where valid_to < timestamp '9999-12-31 00:00:00';
            insert into {{ open }} select * from kernel_runs where valid_to = timestamp '9999-12-31 00:00:00';
        {% else %}
            select 1;
        {% endif %}
        {{ kernel_built_sql(name, revision) }}
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {% do kernel_forget(['kernel_moved', 'kernel_opening', 'kernel_runs']) %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Month after month: the runs of a step go to the closed ones but for the last of each stock, which the next step opens with. #}
{% macro stock_runs_anew(sql, keys, closed, open) %}
    {% set steps = kernel_steps() %}
    {% do run_query("create or replace table " ~ closed ~ "_new as select * from (" ~ kernel_step(sql, "false") ~ ") as runs") %}
    {% do run_query("create or replace table " ~ open ~ "_new as select * from " ~ closed ~ "_new") %}
    {% for step in steps %}
        {% do run_query("create or replace temporary table kernel_opening as " ~ kernel_as_movements(keys, open ~ "_new")) %}
        {% do run_query(
            "create or replace temporary table kernel_runs as "
            ~ kernel_step(sql, kernel_range(step, 'posted_at'), 'kernel_opening')
        ) %}
        {% do run_query("insert into " ~ closed ~ "_new select * from kernel_runs where valid_to < timestamp '9999-12-31'") %}
        {% do run_query("create or replace table " ~ open ~ "_new as select * from kernel_runs where valid_to = timestamp '9999-12-31'") %}
    {% endfor %}
{% endmacro %}

{# Temporary tables kernel_moved (stocks and their first changed moment) and kernel_runs (what holds from then on). #}
{% macro stock_runs_difference(sql, keys, closed, open, mine) %}
    {% do kernel_moved(keys, mine) %}
    {% set since = "timestamp '" ~ (kernel_value("select min(posted_at) from kernel_moved") or '9999-12-31') ~ "'" %}
    {% set same = kernel_same_stock(keys, 'kernel_moved') %}
    {% do run_query(
        "create or replace temporary table kernel_opening as " ~ kernel_as_movements(
            keys,
            "(select runs.* from (select * from " ~ closed ~ " where valid_to >= " ~ since ~ " union all select * from " ~ open
            ~ ") as runs inner join kernel_moved on " ~ same | replace('{rows}', 'runs')
            ~ " and runs.valid_from < kernel_moved.posted_at and runs.valid_to >= kernel_moved.posted_at) as runs"
        )
    ) %}
    {% set scope = "posted_at >= " ~ since ~ " and exists (select 1 from kernel_moved where "
        ~ same | replace('{rows}', 'fct_stock_movement') ~ " and fct_stock_movement.posted_at >= kernel_moved.posted_at)" %}
    {% do run_query("create or replace temporary table kernel_runs as " ~ kernel_step(sql, scope, 'kernel_opening')) %}
{% endmacro %}

{# Rows of running balances as the movements that would bring them about. #}
{% macro kernel_as_movements(keys, runs) %}
    select {{ keys | join(', ') }}, on_hand_qty as movement_qty, valid_from as posted_at, valid_from_date as posting_date
    from {{ runs }}
{% endmacro %}

{# Stocks that changed since a revision, each with its first changed moment. #}
{% macro kernel_moved(keys, since_revision) %}
    {% do run_query(
        "create or replace temporary table kernel_moved as select " ~ keys | join(', ')
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
