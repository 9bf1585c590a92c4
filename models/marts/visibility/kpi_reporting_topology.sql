-- Where each use is served best at each site, with the figures it rests on.
with uses as (
    select * from {{ ref('int_visibility__use_case_feed') }}
),

latencies as (
    select * from {{ ref('fct_feed_latency') }}
),

attainments as (
    select * from {{ ref('int_visibility__use_case_latency') }}
),

edge_runs as (
    select * from {{ ref('int_visibility__edge_run') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

topology_policy as (
    {{ policy_as_of(['latency_window_days', 'edge_refresh_seconds'], over='cutoff', as_of='as_of_date') }}
),

measured as (
    select
        uses.*,
        topology_policy.as_of_date,
        latencies.freshness_seconds,
        coalesce(latencies.event_count, 0) as event_count,
        coalesce(latencies.skewed_event_count, 0) as skewed_event_count,
        cast(ceil({{ divide('coalesce(latencies.event_count, 0)', 'topology_policy.latency_window_days') }}) as bigint)
            as row_count_per_day,
        latencies.extraction_p95_seconds,
        coalesce(latencies.central_p95_seconds, latencies.extraction_p95_seconds) as central_p95_seconds,
        latencies.central_p95_seconds is not null as is_central_measured,
        -- A site has its own WMS feed and nothing else.
        case
            when uses.source = 'wms'
                then
                    {{ kpi_edge_latency(
                        'latencies.record_p95_seconds', 'cast(topology_policy.edge_refresh_seconds as bigint)', 0
                    ) }}
        end as edge_floor_seconds,
        edge_runs.edge_build_p95_seconds,
        attainments.extracted_in_need_count,
        attainments.available_in_need_count
    from uses
    cross join topology_policy
    left join latencies
        on
            uses.source = latencies.source
            and uses.entity = latencies.entity
            and uses.instance = latencies.instance
    left join attainments
        on
            uses.use_case_id = attainments.use_case_id
            and uses.location_id = attainments.location_id
    left join edge_runs on uses.site_code = edge_runs.site_code
),

timed as (
    select
        *,
        edge_floor_seconds + edge_build_p95_seconds as edge_p95_seconds
    from measured
),

recommended as (
    select
        *,
        {{ kpi_topology_path(
            'need_seconds', 'central_p95_seconds', 'edge_p95_seconds', 'edge_floor_seconds', 'row_count_per_day',
            'max_rows_per_day'
        ) }} as recommended_path
    from timed
),

final as (
    select
        use_case_id,
        use_case_name,
        location_id,
        site_code,
        division_code,
        as_of_date,
        source,
        entity,
        instance,
        need_seconds,
        max_rows_per_day,
        row_count_per_day,
        freshness_seconds,
        event_count,
        skewed_event_count,
        extraction_p95_seconds,
        {{ kpi_is_need_met('extraction_p95_seconds', 'need_seconds') }} as is_extraction_in_need,
        central_p95_seconds,
        is_central_measured,
        {{ divide('available_in_need_count', 'event_count') }} as slo_attainment_ratio,
        {{ divide('extracted_in_need_count', 'event_count') }} as extraction_slo_ratio,
        edge_floor_seconds,
        edge_build_p95_seconds,
        edge_p95_seconds,
        present_path,
        recommended_path,
        {{ kpi_topology_reason(
            'recommended_path', 'need_seconds', 'central_p95_seconds', 'edge_p95_seconds', 'edge_floor_seconds',
            'is_central_measured'
        ) }} as topology_reason,
        coalesce(recommended_path <> present_path, false) as is_path_to_change
    from recommended
)

select * from final
