{# Events that their device numbered: body of a subquery, one row per delivery. `told_at` is when it happened by the device's
   clock, or by the clock of the system where that recorded it before.
     movements    relation of deliveries; named here and not through a CTE, since what two steps read would be held whole
     scope        condition on its rows #}
{% macro device_numbers(movements, scope) %}
    select
        site_code,
        event_id,
        device_id,
        sequence_no,
        {{ row_hash(['site_code', 'device_id']) }} as device_hash,
        occurred_at,
        recorded_at,
        least(occurred_at, recorded_at) as told_at,
        _meta_extracted_at,
        _meta_file,
        _meta_row
    from {{ movements }}
    where device_id is not null and sequence_no is not null and {{ scope }}
{% endmacro %}

{# Earliest moment under which a delivery may be put in order: its own, and the system's where a device numbered it. #}
{% macro earliest_moment() -%}
    case
        when device_id is not null and sequence_no is not null then least(occurred_at, recorded_at) else occurred_at
    end
{%- endmacro %}

{# Join to what another relation says of the same delivery: a left join on the place of its row, which never fans out. #}
{% macro join_delivery(rows, said) %}
    left join {{ said }}
        on
            {{ rows }}._meta_file = {{ said }}._meta_file
            and {{ rows }}._meta_row = {{ said }}._meta_row
{% endmacro %}
