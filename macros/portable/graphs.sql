{# Shim for chains: what follows from pairs when one may be walked after another. #}

{# Body of the CTE `walked`, under `with recursive`: the pairs that one or more steps of the CTE `pairs` lead to, each once,
   in its columns: `from_column` is where the walk began, `to_column` where it came. Steps stay inside one value of `keys`.
   Circles end. #}
{% macro walked_pairs(walked, pairs, from_column, to_column, keys=[]) -%}
    {{ return(adapter.dispatch('walked_pairs', 'leadlag')(walked, pairs, from_column, to_column, keys)) }}
{%- endmacro %}
{% macro default__walked_pairs(walked, pairs, from_column, to_column, keys=[]) %}
    select {{ (keys + [from_column, to_column]) | join(', ') }}
    from {{ pairs }}

    union

    select
        {%- for key in keys %}
        {{ walked }}.{{ key }},
        {%- endfor %}
        {{ walked }}.{{ from_column }},
        steps.{{ to_column }}
    from {{ walked }}
    inner join {{ pairs }} as steps
        on
            {{ walked }}.{{ to_column }} = steps.{{ from_column }}
            {%- for key in keys %}
            and {{ walked }}.{{ key }} = steps.{{ key }}
            {%- endfor %}
{% endmacro %}

{# Spark's recursion keeps rows it has seen, so that a circle never ends: the walk is written out, and one of eight steps
   or more fails. A step of no length keeps what was reached. #}
{% macro spark__walked_pairs(walked, pairs, from_column, to_column, keys=[]) %}
    {%- set limit = 8 %}
    {%- set columns = (keys + [from_column, to_column]) | join(', ') %}
    {%- set start = 'select distinct ' ~ columns ~ ', 1 as step_count from ' ~ pairs %}
    {%- set stay %}select distinct {% for key in keys %}{{ key }}, {% endfor %}{{ to_column }}, {{ to_column }}, 0 from {{ pairs }}{% endset %}
    {%- set walk = namespace(sql=start) %}
    {%- for _ in range(limit - 1) %}
    {%- set walk.sql %}
    select
        {% for key in keys %}walked.{{ key }}, {% endfor -%}
        walked.{{ from_column }}, steps.{{ to_column }}, min(walked.step_count + steps.step_count) as step_count
    from ({{ walk.sql }}) as walked
    inner join ({{ start }} union all {{ stay }}) as steps
        on walked.{{ to_column }} = steps.{{ from_column }}
        {%- for key in keys %} and walked.{{ key }} = steps.{{ key }}{% endfor %}
    group by {% for key in keys %}walked.{{ key }}, {% endfor %}walked.{{ from_column }}, steps.{{ to_column }}
    {%- endset %}
    {%- endfor %}
    select {{ columns }}
    from ({{ walk.sql }}) as walked
    where if(step_count < {{ limit }}, true, raise_error('a walk over {{ pairs }} is too long: raise the limit in walked_pairs'))
{% endmacro %}
