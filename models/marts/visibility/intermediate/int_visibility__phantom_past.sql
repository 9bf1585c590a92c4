-- What was known of a record before each look, and how much of it already before its window: sums over the days before.
with looks as (
    select * from {{ ref('int_visibility__phantom_look') }}
),

days as (
    select * from {{ ref('int_visibility__phantom_day') }}
),

{% set sums = ['demand_day', 'issue', 'short', 'missing', 'negative', 'miss', 'empty'] %}

probes as (
    select
        sku_id,
        location_id,
        look_date as probe_date
    from looks

    union

    select
        sku_id,
        location_id,
        window_start_date as probe_date
    from looks
),

moments as (
    select
        sku_id,
        location_id,
        event_date as moment_date,
        true as is_day,
        is_seen,
        is_confirmed,
        {%- for name in sums %}
        {{ name }}_count,
        {%- endfor %}
        demand_qty
    from days

    union all

    select
        sku_id,
        location_id,
        probe_date as moment_date,
        false as is_day,
        false as is_seen,
        false as is_confirmed,
        {%- for name in sums %}
        0 as {{ name }}_count,
        {%- endfor %}
        0 as demand_qty
    from probes
),

-- A probe of a day comes before what happened on it.
summed as (
    select
        sku_id,
        location_id,
        moment_date,
        is_day,
        is_seen or is_confirmed as is_reset,
        short_count + missing_count > 0 as is_failed,
        min(case when is_day then moment_date end) over past as first_date,
        max(case when is_seen then moment_date end) over past as seen_date,
        max(case when is_confirmed then moment_date end) over past as confirmed_date,
        {%- for name in sums %}
        cast(coalesce(sum({{ name }}_count) over past, 0) as integer) as {{ name }}_count,
        {%- endfor %}
        cast(coalesce(sum(demand_qty) over past, 0) as decimal(18, 4)) as demand_qty
    from moments
    window
        past as (
            partition by sku_id, location_id order by moment_date, is_day
            rows between unbounded preceding and 1 preceding
        )
),

-- Sums only grow, so that the last before goods were seen is the largest. A pick of that day failed after it.
reset as (
    select
        *,
        short_count - coalesce(max(case when is_reset then short_count end) over past, 0) as short_since_count,
        missing_count - coalesce(max(case when is_reset then missing_count end) over past, 0) as missing_since_count
    from summed
    window
        past as (
            partition by sku_id, location_id order by moment_date, is_day
            rows between unbounded preceding and 1 preceding
        )
),

failed as (
    select
        *,
        max(
            case when is_failed and (is_reset or short_since_count + missing_since_count = 0) then moment_date end
        ) over (
            partition by sku_id, location_id order by moment_date, is_day
            rows between unbounded preceding and 1 preceding
        ) as first_failed_date
    from reset
),

final as (
    select
        sku_id,
        location_id,
        moment_date as probe_date,
        first_date,
        seen_date,
        confirmed_date,
        case when short_since_count + missing_since_count > 0 then first_failed_date end as first_failed_date,
        {%- for name in sums %}
        {{ name }}_count,
        {%- endfor %}
        short_since_count,
        missing_since_count,
        demand_qty
    from failed
    where not is_day
)

select * from final
