-- What each sensor knew from a business day on: what goods that came in on that day, or since the day read before it,
-- went through.
with sensor_days as (
    select * from {{ ref('int_lead__sensor_day') }}
),

{% set place = 'gateway_code, sensor_id, location_id, zone, storage_band_id' %}

final as (
    select
        {{ place }},
        coalesce(lag(read_date) over (partition by {{ place }} order by read_date), date '1900-01-01')
            as came_after_date,
        read_date as came_until_date,
        {%- for name, kind in [
            ('known_seconds', 'bigint'), ('unknown_seconds', 'bigint'), ('safe_seconds', 'bigint'),
            ('heat_rate', 'decimal(30, 6)'), ('ageing_rate', 'decimal(30, 6)'),
        ] %}
        cast(sum({{ name }}) over from_day_on as {{ kind }}) as {{ name }},
        {%- endfor %}
        min(least_celsius) over from_day_on as least_celsius
    from sensor_days
    window from_day_on as (partition by {{ place }} order by read_date desc)
)

select * from final
