-- Readings outside or within their bounds in order, temperature and humidity apart, numbered by runs of one state: a
-- gap between readings ends a run, what cannot be trusted too.
with band_readings as (
    select * from {{ ref('int_lead__band_reading') }}
),

{% set place = 'gateway_code, sensor_id, location_id, zone, storage_band_id' %}

states as (
    {%- for measure, value, bounds in [
        ('temperature', 'temperature_celsius', ['storage_min_celsius', 'storage_max_celsius']),
        ('humidity', 'humidity_pct', ['storage_min_humidity_pct', 'storage_max_humidity_pct']),
    ] %}
    select
        {{ place }},
        '{{ measure }}' as measure,
        coalesce({{ measure }}_state, '-') as storage_state,
        cast({{ value }} as decimal(9, 3)) as measured_rate,
        cast(
            case {{ measure }}_state when 'high' then {{ bounds[1] }} when 'low' then {{ bounds[0] }} end
            as decimal(9, 3)
        ) as bound_rate,
        read_at,
        held_seconds,
        is_after_gap
    from band_readings
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

marked as (
    select
        *,
        is_after_gap or storage_state <> coalesce(lag(storage_state) over (
            partition by {{ place }}, measure order by read_at
        ), '') as is_start
    from states
),

final as (
    select
        *,
        cast(
            sum(case when is_start then 1 else 0 end) over (
                partition by {{ place }}, measure order by read_at
            ) as bigint
        ) as run_number
    from marked
)

select * from final
