-- How the goods that a sensor watches were kept over the days before the cut-off, and whether it can be believed.
with sensor_days as (
    select * from {{ ref('int_lead__sensor_day') }}
),

sensor_classes as (
    select * from {{ ref('int_lead__sensor_class') }}
),

excursions as (
    select * from {{ ref('fct_storage_excursion') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

storage_policy as (
    {{ policy_as_of(['storage_window_days', 'mkt_activation_kelvin'], over='cutoff', as_of='as_of_date') }}
),

{% set place = ['gateway_code', 'sensor_id', 'location_id', 'zone', 'storage_band_id'] %}

windowed as (
    select
        sensor_days.*,
        storage_policy.*,
        {{ kpi_mean_kinetic_celsius(
            'sensor_days.heat_rate', 'sensor_days.known_seconds', 'storage_policy.mkt_activation_kelvin'
        ) }} as day_mkt_celsius
    from sensor_days
    cross join storage_policy
    where
        sensor_days.read_date
        > {{ add_days('storage_policy.as_of_date', '-cast(storage_policy.storage_window_days as integer)') }}
),

summed as (
    select
        {{ place | join(', ') }},
        max(as_of_date) as as_of_date,
        max(mkt_activation_kelvin) as mkt_activation_kelvin,
        min(read_date) as first_read_date,
        {%- for name in ['known', 'unknown', 'safe', 'stuck'] %}
        cast(sum({{ name }}_seconds) as bigint) as {{ name }}_seconds,
        {%- endfor %}
        sum(heat_rate) as heat_rate,
        max(day_mkt_celsius) as worst_day_mkt_celsius,
        cast(sum(spike_count) as bigint) as spike_count,
        cast(sum(gap_count) as bigint) as gap_count
    from windowed
    group by {{ place | join(', ') }}
),

counted as (
    select
        excursions.gateway_code,
        excursions.sensor_id,
        excursions.location_id,
        excursions.zone,
        excursions.storage_band_id,
        count(*) as excursion_count
    from excursions
    inner join summed using ({{ place | join(', ') }})
    where cast(excursions.last_read_at as date) >= summed.first_read_date
    group by
        excursions.gateway_code, excursions.sensor_id, excursions.location_id, excursions.zone,
        excursions.storage_band_id
),

final as (
    select
        {%- for name in place %}
        summed.{{ name }},
        {%- endfor %}
        summed.as_of_date,
        sensor_classes.storage_min_celsius,
        sensor_classes.storage_max_celsius,
        {%- for name in ['known', 'unknown', 'safe', 'stuck'] %}
        summed.{{ name }}_seconds as {{ name }}_second_count,
        {%- endfor %}
        {{ kpi_storage_ratio('summed.safe_seconds', 'summed.known_seconds') }} as storage_safe_ratio,
        case when summed.known_seconds = 0 then 'no_reading' end as storage_safe_reason,
        {{ kpi_storage_ratio('summed.known_seconds', 'summed.known_seconds + summed.unknown_seconds') }} as known_ratio,
        {{ kpi_mean_kinetic_celsius('summed.heat_rate', 'summed.known_seconds', 'summed.mkt_activation_kelvin') }}
            as mkt_celsius,
        summed.worst_day_mkt_celsius,
        -- What must be cold may not be warm for a day; what stands in a room may not for a month.
        case
            when sensor_classes.storage_class in ('frozen', 'chilled') then summed.worst_day_mkt_celsius
            else {{ kpi_mean_kinetic_celsius(
                'summed.heat_rate', 'summed.known_seconds', 'summed.mkt_activation_kelvin'
            ) }}
        end
        > sensor_classes.storage_max_celsius as is_mkt_high,
        coalesce(counted.excursion_count, 0) as excursion_count,
        summed.spike_count,
        summed.gap_count,
        summed.stuck_seconds > 0 or summed.spike_count > 0 or summed.gap_count > 0 as is_sensor_doubtful
    from summed
    inner join sensor_classes using ({{ place | join(', ') }})
    left join counted using ({{ place | join(', ') }})
)

select * from final
