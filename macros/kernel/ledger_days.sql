{# Materialisation of sums of the ledger by SKU, location and day (int_core__demand_day): an increment makes the days of a stock
   anew from its first changed day on, and no others. Config: meta.day, the column that holds the day.
   The model's SQL has kernel_scope() over the ledger, and may have kernel_during() over what else it reads. #}
{% materialization ledger_days, adapter='duckdb' %}
    {%- set name = this.identifier -%}
    {%- set keys = ['sku_id', 'location_id'] -%}
    {%- set day = config.get('meta')['day'] -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {% do kernel_prepare() %}
    {% set revision = kernel_revision('ledger') or 0 %}
    {% set mine = kernel_revision(name) %}
    {% set anew = existing is none or existing.type != 'table' or should_full_refresh() or mine is none
        or mine < (kernel_revision('ledger.floor') or 0) %}
    {% set built = make_intermediate_relation(target) %}

    {% if anew %}
        {% do run_query("create or replace table " ~ built ~ " as " ~ kernel_step(sql, "false")) %}
        {% for step in kernel_steps() %}
            {% do run_query("insert into " ~ built ~ " " ~ kernel_step(kernel_within(sql, step), kernel_range(step, 'posting_date'))) %}
        {% endfor %}
    {% elif mine < revision %}
        {% do kernel_moved(keys, mine) %}
        {% set since = kernel_value("select min(posting_date) from kernel_moved") or '9999-12-31' %}
        {% set scope = "posting_date >= date '" ~ since ~ "' and exists (select 1 from kernel_moved where "
            ~ kernel_same_stock(keys, 'kernel_moved') | replace('{rows}', 'fct_stock_movement')
            ~ " and fct_stock_movement.posting_date >= kernel_moved.posting_date)" %}
        {% do run_query("create or replace temporary table kernel_fresh as " ~ kernel_step(kernel_within(sql, {'from': since, 'to': none}), scope)) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if anew %}
            drop {{ existing.type if existing else 'table' }} if exists {{ target }};
            alter table {{ built }} rename to {{ adapter.quote(target.identifier) }};
        {% elif mine < revision %}
            delete from {{ target }} using kernel_moved
            where {{ kernel_same_stock(keys, 'kernel_moved') | replace('{rows}', target.identifier) }}
                and {{ target.identifier }}.{{ day }} >= kernel_moved.posting_date
                and {{ target.identifier }}.{{ day }} >= (select min(posting_date) from kernel_moved);
            insert into {{ target }} select * from kernel_fresh;
        {% endif %}
        {{ kernel_built_sql(name, revision) }}
    {% endcall %}
    {% do kernel_done(target, ['kernel_moved', 'kernel_fresh']) %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
