{# Materialisation of a table that many long relations each give few rows to: the values of `meta.part` named in `meta.turns`
   are written one after another, then all others at once, so that memory holds the joins of one of them at a time. Built
   whole each time. The union must tell a part by a constant in each branch: then the filter leaves the branch of that part. #}
{% materialization in_turn, adapter='duckdb' %}
    {%- set part = config.get('meta')['part'] -%}
    {%- set turns = config.get('meta')['turns'] -%}
    {%- set sql = kernel_contracted(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        drop {{ existing.type if existing else 'table' }} if exists {{ target }};
        create table {{ target }} as
        select * from ({{ sql }}) as parts
        where {{ part }} is null or {{ part }} not in ('{{ turns | join("', '") }}');
        {% for turn in turns %}
        insert into {{ target }} select * from ({{ sql }}) as parts where {{ part }} = '{{ turn }}';
        {% endfor %}
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
