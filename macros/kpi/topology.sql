{# Latency from event to availability, and where a use is served best (docs/formulas.md#topology, B2.3). Arithmetic on one
   row: no ref, no join. Seconds are whole. #}

{# Seconds from the extraction of a batch to the moment it can be read: its way into landing and from there to readers. Of
   a batch from an archive the way into landing is left out. #}
{% macro kpi_availability_lag(transport_seconds, processing_seconds, is_backfill) -%}
    case when {{ is_backfill }} then 0 else {{ transport_seconds }} end + {{ processing_seconds }}
{%- endmacro %}

{# Whether a measured latency meets a need; null when nothing was measured. #}
{% macro kpi_is_need_met(latency_seconds, need_seconds) -%}
    {{ latency_seconds }} <= {{ need_seconds }}
{%- endmacro %}

{# Worst latency of the edge path: the site's own recording, the wait for the next edge build, the build. #}
{% macro kpi_edge_latency(record_seconds, refresh_seconds, build_seconds) -%}
    {{ record_seconds }} + {{ refresh_seconds }} + {{ build_seconds }}
{%- endmacro %}

{# Where a use is served: central while twice its 95th percentile is within the need and the volume within budget; hybrid
   while it is within the need, but not twice; edge while that is; else the operational system alone. Null when the
   central path was not measured, or when it fails and an edge that was never built could still do it.
     edge_floor_seconds  what the edge cannot be faster than, known before any build; null where there is no edge #}
{% macro kpi_topology_path(
    need_seconds, central_seconds, edge_seconds, edge_floor_seconds, row_count_per_day, max_rows_per_day
) -%}
    case
        when {{ central_seconds }} is null then null
        when 2 * {{ central_seconds }} <= {{ need_seconds }} and {{ row_count_per_day }} <= {{ max_rows_per_day }}
            then 'central'
        when {{ central_seconds }} <= {{ need_seconds }} and 2 * {{ central_seconds }} > {{ need_seconds }}
            then 'hybrid'
        when {{ edge_seconds }} <= {{ need_seconds }} then 'edge'
        when {{ edge_seconds }} is null and {{ edge_floor_seconds }} <= {{ need_seconds }} then null
        else 'operational_system_only'
    end
{%- endmacro %}

{# Why: what the recommendation rests on, or what it waits for. #}
{% macro kpi_topology_reason(
    path_code, need_seconds, central_seconds, edge_seconds, edge_floor_seconds, is_central_measured
) -%}
    case
        when {{ central_seconds }} is null then 'no_events'
        when {{ path_code }} is null then 'no_edge_run'
        when {{ path_code }} in ('central', 'hybrid') and not {{ is_central_measured }} then 'extraction_only'
        when {{ path_code }} = 'central' then 'central_has_headroom'
        when {{ path_code }} = 'hybrid' then 'central_without_headroom'
        when {{ path_code }} = 'edge' and {{ central_seconds }} <= {{ need_seconds }} then 'volume_over_budget'
        when {{ path_code }} = 'edge' then 'central_too_slow'
        when {{ edge_floor_seconds }} is null then 'not_at_the_edge'
        when {{ edge_floor_seconds }} > {{ need_seconds }} then 'recorded_too_late'
        else 'edge_too_slow'
    end
{%- endmacro %}
