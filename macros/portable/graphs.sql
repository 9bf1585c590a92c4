{# Shim for chains: what follows from pairs when one may be walked after another. #}

{# Body of a CTE: the pairs that one or more steps of the CTE `pairs` lead to, each once: its columns, `from_column` being
   where the walk began and `to_column` where it came. Steps stay inside one value of `keys`. Circles end. #}
{% macro walked_pairs(pairs, from_column, to_column, keys=[]) -%}
    {{ return(adapter.dispatch('walked_pairs', 'leadlag')(pairs, from_column, to_column, keys)) }}
{%- endmacro %}
{% macro default__walked_pairs(pairs, from_column, to_column, keys=[]) %}
    with recursive walked as (
        select
            {% for key in keys %}{{ key }}, {% endfor -%}
            {{ from_column }},
            {{ to_column }}
        from {{ pairs }}

        union

        select
            {% for key in keys %}walked.{{ key }}, {% endfor -%}
            walked.{{ from_column }},
            steps.{{ to_column }}
        from walked
        inner join {{ pairs }} as steps
            on
                walked.{{ to_column }} = steps.{{ from_column }}
                {%- for key in keys %}
                and walked.{{ key }} = steps.{{ key }}
                {%- endfor %}
    )

    select * from walked
{% endmacro %}

{# Spark's recursion keeps rows it has seen, so that a circle never ends: the walk is written out, up to 16 steps, and one
   that is longer fails. A step of no length keeps what was reached. #}
{% macro spark__walked_pairs(pairs, from_column, to_column, keys=[]) %}
    {%- set key_list %}{% for key in keys %}{{ key }}, {% endfor %}{% endset %}
    {%- set steps -%}
    (
        select distinct {{ key_list }}{{ from_column }}, {{ to_column }}, 1 as step_count from {{ pairs }}
        union all
        select distinct {{ key_list }}{{ to_column }}, {{ to_column }}, 0 from {{ pairs }}
    )
    {%- endset %}
    {%- set walk = namespace(sql='select distinct ' ~ key_list ~ from_column ~ ', ' ~ to_column ~ ', 1 as step_count from ' ~ pairs) %}
    {%- for _ in range(15) %}
    {%- set walk.sql -%}
    select
        {% for key in keys %}walked.{{ key }}, {% endfor -%}
        walked.{{ from_column }}, steps.{{ to_column }}, min(walked.step_count + steps.step_count) as step_count
    from ({{ walk.sql }}) as walked
    inner join {{ steps }} as steps
        on walked.{{ to_column }} = steps.{{ from_column }}
        {%- for key in keys %} and walked.{{ key }} = steps.{{ key }}{% endfor %}
    group by {% for key in keys %}walked.{{ key }}, {% endfor %}walked.{{ from_column }}, steps.{{ to_column }}
    {%- endset %}
    {%- endfor %}
    select {{ key_list }}{{ from_column }}, {{ to_column }}
    from ({{ walk.sql }}) as walked
    where if(step_count < 16, true, raise_error('a walk over {{ pairs }} of 16 steps or more: lengthen walked_pairs'))
{% endmacro %}
