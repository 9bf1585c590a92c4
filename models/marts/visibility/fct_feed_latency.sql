with feeds as (
    select * from {{ ref('fct_feed') }}
),

events as (
    select * from {{ ref('int_visibility__feed_latency_event') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

measured as (
    select
        source,
        instance,
        entity,
        count(*) filter (where not is_clock_skewed) as event_count,
        count(*) filter (where is_clock_skewed) as skewed_event_count,
        count(central_seconds) filter (where not is_clock_skewed) as published_event_count,
        {%- for measure in ['record', 'extraction', 'central'] %}
        {%- for name, share in [('p50', 0.5), ('p95', 0.95), ('p99', 0.99)] %}
        {{ quantile_observed("case when not is_clock_skewed then " ~ measure ~ "_seconds end", share) }}
            as {{ measure }}_{{ name }}_seconds,
        {%- endfor %}
        {%- endfor %}
        max(extraction_seconds) filter (where not is_clock_skewed) as extraction_max_seconds
    from events
    group by source, instance, entity
),

final as (
    select
        feeds.source,
        feeds.instance,
        feeds.entity,
        feeds.delivered_row_count,
        feeds.last_event_at,
        feeds.last_extracted_at,
        {{ seconds_between('feeds.last_event_at', 'cutoff.as_of_at') }} as freshness_seconds,
        coalesce(measured.event_count, 0) as event_count,
        coalesce(measured.skewed_event_count, 0) as skewed_event_count,
        coalesce(measured.published_event_count, 0) as published_event_count,
        {%- for measure in ['record', 'extraction', 'central'] %}
        {%- for name in ['p50', 'p95', 'p99'] %}
        measured.{{ measure }}_{{ name }}_seconds,
        {%- endfor %}
        {%- endfor %}
        measured.extraction_max_seconds,
        -- No events is not late.
        case when coalesce(measured.event_count, 0) = 0 then 'no_events' end as latency_reason
    from feeds
    cross join cutoff
    left join measured
        on
            feeds.source = measured.source
            and feeds.instance = measured.instance
            and feeds.entity = measured.entity
)

select * from final
