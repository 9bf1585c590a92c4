{# What each reversal takes back: body of a CTE with site_code, event_id and reversed_event_type, one row per reversal that
   stands and whose original is known. It is the kernel's part `reversals`, which a build makes once for all its steps. The
   model has the CTE `redeliveries` over stg_unified__redelivery.
     movements    relation of deliveries; named here and not through a CTE, since what two steps read would be held whole
     scope        condition on its rows #}
{% macro reversed_events(movements, scope) %}
    {{ kernel_part('reversals', reversed_events_of(movements, scope)) }}
{% endmacro %}

{% macro reversed_events_of(movements, scope) %}
    select
        reversing.site_code,
        reversing.event_id,
        originals.event_type as reversed_event_type
    from (
        select
            site_code,
            event_id,
            reverses_event_id,
            _meta_file,
            _meta_row
        from {{ movements }}
        where event_type = 'reversal' and {{ scope }}
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
    left join redeliveries as reversing_ranks
        on
            reversing._meta_file = reversing_ranks._meta_file
            and reversing._meta_row = reversing_ranks._meta_row
    left join redeliveries as original_ranks
        on
            originals._meta_file = original_ranks._meta_file
            and originals._meta_row = original_ranks._meta_row
    where coalesce(reversing_ranks.delivery_rank, 1) = 1 and coalesce(original_ranks.delivery_rank, 1) = 1
{% endmacro %}
