{# The grain of a model: its columns (or expressions) together name a row once, and none of them is null. Returns the
   keys that break it, with how often they occur. A nullable part of a key is given as coalesce(column, sentinel). #}
{% test unique_grain(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {%- for column in columns %}
        or {{ column }} is null
        {%- endfor %}
{% endtest %}
