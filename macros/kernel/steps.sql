{# What a materialisation of the kernel runs in place of a model's SQL: the same SQL over fewer rows, month by month or for a few
   deliveries, or a part of it alone. The model puts marks, which are comments, where it may be cut.
   What belongs here: the marks and how a model's SQL is cut at them. What does not: the state (state.sql), or what is done with
   the rows (the materialisations). #}

{# What a model's rows are cut down to in one step of its build: the whole when it is compiled, tested or built elsewhere.
   Stands alone in the WHERE of the CTE over the relation that is cut. #}
{% macro kernel_scope() -%}
    true /* kernel:scope */
{%- endmacro %}

{# Rows that hold from one date until before another, of which a step needs those that hold on its days. #}
{% macro kernel_during(from_date, to_date) -%}
    true /* kernel:during {{ from_date }} {{ to_date }} */
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

{# A model's SQL for the days of a step, which is [from, to) as kernel_steps tells it. #}
{% macro kernel_within(sql, step) %}
    {% set bounds = ["true"] %}
    {% if step['from'] is not none %}{% do bounds.append("\\2 > date '" ~ step['from'] ~ "'") %}{% endif %}
    {% if step['to'] is not none %}{% do bounds.append("\\1 < date '" ~ step['to'] ~ "'") %}{% endif %}
    {{ return(modules.re.sub("true /\\* kernel:during (\\w+) (\\w+) \\*/", bounds | join(" and "), sql)) }}
{% endmacro %}

{# A model's SQL for the few deliveries that meet a condition. They are read once, into kernel_delivery, however often the
   model reads them.
     columns    those that the model needs, since many are dear to read #}
{% macro kernel_few(sql, deliveries, condition, columns='*') %}
    {% set cut = sql | replace(deliveries | string, 'kernel_delivery') %}
    {% if cut == sql %}
        {{ exceptions.raise_compiler_error("the model does not read " ~ deliveries ~ ": " ~ model.unique_id) }}
    {% endif %}
    {% do run_query(
        "create or replace temporary table kernel_delivery as select " ~ columns ~ " from " ~ deliveries ~ " where " ~ condition
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
    {% set months = "select month_start_date, sum(delivery_count) from " ~ ref('stg_unified__movement_month')
        ~ " where month_start_date is not null group by month_start_date order by month_start_date" %}
    {% for month in run_query(months) %}
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
