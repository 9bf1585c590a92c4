{# Materialisation of running balances (fct_stock_position, fct_stock_on_hand): maximal runs of equal quantity.
   Closed rows are appended months in order to one table, open rows have a table of their own from which the next step
   starts; both name a stock by the integer stock_key, and a third table says once what stock that is. All three lie in
   schema kernel, and the model is a view over them. An increment restates a stock from its first changed moment on, and no
   other. Config: meta.keys, the columns that name a stock, first of them sku_id and location_id.
   The model's SQL has the parts `moves` and `named` (stock_intervals), each with kernel_scope() over the ledger and
   kernel_opening() for the balances carried. #}
{% materialization stock_runs, adapter='duckdb' %}
    {%- set name = this.identifier -%}
    {%- set keys = config.get('meta')['keys'] -%}
    {%- do kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- set closed = 'kernel.' ~ name ~ '_closed' -%}
    {%- set open = 'kernel.' ~ name ~ '_open' -%}
    {%- set stock = 'kernel.' ~ name ~ '_stock' -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do kernel_prepare() %}
    {% set revision = kernel_revision('ledger') or 0 %}
    {% set mine = kernel_revision(name) %}
    {% set anew = existing is none or existing.type != 'view' or should_full_refresh() or mine is none
        or mine < (kernel_revision('ledger.floor') or 0) %}

    {% if anew %}
        {% do stock_runs_anew(compiled_code, keys, closed, open, stock) %}
    {% elif mine < revision %}
        {% do stock_runs_difference(compiled_code, keys, closed, open, stock, mine) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            {% for table in [closed, open, stock] %}
            drop table if exists {{ table }};
            alter table {{ table }}_new rename to {{ table | replace('kernel.', '') }};
            {% endfor %}
            {% if existing is not none and existing.type != 'view' %}
            drop {{ existing.type }} {{ existing }};
            {% endif %}
            create or replace view {{ target }} as {{ stock_runs_view(keys, closed, open, stock) }};
        {% elif mine < revision %}
            delete from {{ closed }} using kernel_moved
            where
                {{ name }}_closed.stock_key = kernel_moved.stock_key
                and {{ name }}_closed.valid_to >= kernel_moved.posted_at
                and {{ name }}_closed.valid_to >= (select min(posted_at) from kernel_moved);
            delete from {{ open }} where stock_key in (select stock_key from kernel_moved);
            insert into {{ stock }} select * from kernel_stocks;
            insert into {{ closed }} select * from kernel_runs where valid_to < timestamp '9999-12-31 00:00:00';
            insert into {{ open }} select * from kernel_runs where valid_to = timestamp '9999-12-31 00:00:00';
        {% else %}
            select 1;
        {% endif %}
        {{ kernel_built_sql(name, revision) }}
    {% endcall %}
    {% do kernel_done(target, ['kernel_moved', 'kernel_opening', 'kernel_runs', 'kernel_stocks', 'kernel_unknown']) %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Month after month: the runs of a step go to the closed ones but for the last of each stock, which the next step opens with. #}
{% macro stock_runs_anew(sql, keys, closed, open, stock) %}
    {% set moves = kernel_part_of(sql, 'moves') %}
    {% set named = kernel_part_of(sql, 'named') %}
    {% do run_query("create or replace table " ~ closed ~ "_new as " ~ kernel_runs_of("(" ~ kernel_step(moves, "false") ~ ")")) %}
    {% do run_query("create or replace table " ~ open ~ "_new as select * from " ~ closed ~ "_new") %}
    {% do run_query("create or replace table " ~ stock ~ "_new as " ~ kernel_step(named, "false")) %}
    {% for step in kernel_steps() %}
        {% set range = kernel_range(step, 'posted_at') %}
        {% do run_query(
            "create or replace temporary table kernel_opening as " ~ kernel_as_movements(
                keys,
                open ~ "_new as runs inner join " ~ stock ~ "_new as stocks on runs.stock_key = stocks.stock_key"
            )
        ) %}
        {% do run_query(
            "create or replace temporary table kernel_runs as "
            ~ kernel_runs_of("(" ~ kernel_step(moves, range, 'kernel_opening') ~ ")")
        ) %}
        {% do kernel_name_stocks(kernel_step(named, range), stock ~ "_new") %}
        {% do run_query("insert into " ~ stock ~ "_new select * from kernel_stocks") %}
        {% do run_query("insert into " ~ closed ~ "_new select * from kernel_runs where valid_to < timestamp '9999-12-31'") %}
        {% do run_query("create or replace table " ~ open ~ "_new as select * from kernel_runs where valid_to = timestamp '9999-12-31'") %}
    {% endfor %}
{% endmacro %}

{# Temporary tables kernel_moved (stocks and their first changed moment), kernel_runs (what holds from then on) and
   kernel_stocks (stocks that were not there before). #}
{% macro stock_runs_difference(sql, keys, closed, open, stock, mine) %}
    {% do kernel_moved(keys, mine) %}
    {% set since = "timestamp '" ~ (kernel_value("select min(posted_at) from kernel_moved") or '9999-12-31') ~ "'" %}
    {% do run_query(
        "create or replace temporary table kernel_opening as " ~ kernel_as_movements(
            keys,
            "(select * from " ~ closed ~ " where valid_to >= " ~ since ~ " union all select * from " ~ open ~ ") as runs "
            ~ "inner join kernel_moved as stocks on runs.stock_key = stocks.stock_key "
            ~ "and runs.valid_from < stocks.posted_at and runs.valid_to >= stocks.posted_at"
        )
    ) %}
    {% set scope = "posted_at >= " ~ since ~ " and exists (select 1 from kernel_moved where "
        ~ kernel_same_stock(keys, 'kernel_moved') | replace('{rows}', 'fct_stock_movement')
        ~ " and fct_stock_movement.posted_at >= kernel_moved.posted_at)" %}
    {% do run_query(
        "create or replace temporary table kernel_runs as "
        ~ kernel_runs_of("(" ~ kernel_step(kernel_part_of(sql, 'moves'), scope, 'kernel_opening') ~ ")")
    ) %}
    {% do kernel_name_stocks(kernel_step(kernel_part_of(sql, 'named'), scope), stock) %}
{% endmacro %}

{# Temporary table kernel_stocks: of the stocks in kernel_runs, those that a table does not know, with their columns. Most steps bring
   few, and none when all is known. #}
{% macro kernel_name_stocks(named, known) %}
    {% do run_query(
        "create or replace temporary table kernel_unknown as select distinct stock_key from kernel_runs where stock_key not in "
        ~ "(select stock_key from " ~ known ~ ")"
    ) %}
    {% set some = kernel_value("select count(*) from kernel_unknown") > 0 %}
    {% do run_query(
        "create or replace temporary table kernel_stocks as select distinct * from (" ~ named ~ ") as named where "
        ~ ("stock_key in (select stock_key from kernel_unknown)" if some else "false")
    ) %}
{% endmacro %}

{# What the model shows: the contract's columns, in its order. #}
{% macro stock_runs_view(keys, closed, open, stock) %}
    select
        {% for column in model.columns %}
        {{ 'stocks' if column in keys else 'runs' }}.{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from (select * from {{ closed }} union all select * from {{ open }}) as runs
    inner join {{ stock }} as stocks on runs.stock_key = stocks.stock_key
{% endmacro %}

{# Running balances, `runs` joined to their `stocks`, as the movements that would bring them about. #}
{% macro kernel_as_movements(keys, runs_and_stocks) %}
    select
        {% for key in keys %}
        stocks.{{ key }},
        {% endfor %}
        runs.on_hand_qty as movement_qty,
        runs.valid_from as posted_at,
        runs.valid_from_date as posting_date
    from {{ runs_and_stocks }}
{% endmacro %}
