{# What each reversal takes back: body of a CTE with _meta_file, _meta_row and reversed_event_type, one row per delivery of a
   reversal that stands and whose original is known. It is the kernel's part `reversals`, which a build makes once for all its
   steps. The model has the CTE `redeliveries` over stg_unified__redelivery.
     movements    relation of deliveries; named here and not through a CTE, since what two steps read would be held whole
     scope        condition on its rows #}
{% macro reversed_events(movements, scope) %}
    {{ kernel_part('reversals', reversed_events_of(movements, scope)) }}
{% endmacro %}

{% macro reversed_events_of(movements, scope) %}
    select
        reversing._meta_file,
        reversing._meta_row,
        originals.event_type as reversed_event_type
    from (
        {# All deliveries of a reversal take back what the one that stands does. #}
        select
            told.site_code,
            told._meta_file,
            told._meta_row,
            max(case when coalesce(redeliveries.delivery_rank, 1) = 1 then told.reverses_event_id end) over (
                partition by told.site_code, told.event_id
            ) as reverses_event_id
        from (
            select
                site_code,
                event_id,
                reverses_event_id,
                _meta_file,
                _meta_row
            from {{ movements }}
            where event_type = 'reversal' and {{ scope }}
        ) as told
        {{ join_delivery('told', 'redeliveries') }}
    ) as reversing
    inner join (
        select
            site_code,
            event_id,
            event_type,
            _meta_file,
            _meta_row
        from {{ movements }}
        where {{ scope }}
    ) as originals
        on
            reversing.site_code = originals.site_code
            and reversing.reverses_event_id = originals.event_id
    {{ join_delivery('originals', 'redeliveries') }}
    where coalesce(redeliveries.delivery_rank, 1) = 1
{% endmacro %}
