-- What each lot went through where it lies: which sensor hung nearest is not known, so the worst one that watches its
-- goods speaks.
with lot_stocks as (
    select * from {{ ref('int_lead__lot_stock') }}
),

sensor_since as (
    select * from {{ ref('int_lead__sensor_since') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

storage_policy as (
    {{ policy_as_of(['mkt_activation_kelvin'], over='cutoff', as_of='as_of_date') }}
),

final as (
    select
        lot_stocks.sku_id,
        lot_stocks.location_id,
        lot_stocks.lot_code,
        count(*) as sensor_count,
        max({{ kpi_mean_kinetic_celsius(
            'sensor_since.heat_rate', 'sensor_since.known_seconds', 'storage_policy.mkt_activation_kelvin'
        ) }}) as mkt_celsius,
        min(sensor_since.least_celsius) as least_celsius,
        max({{ seconds_as_days('sensor_since.ageing_rate - sensor_since.known_seconds') }}) as extra_age_days,
        max({{ seconds_as_days('sensor_since.known_seconds - sensor_since.safe_seconds') }}) as unsafe_days,
        min({{ kpi_storage_ratio(
            'sensor_since.known_seconds', 'sensor_since.known_seconds + sensor_since.unknown_seconds'
        ) }}) as known_ratio
    from lot_stocks
    inner join sensor_since
        on
            lot_stocks.location_id = sensor_since.location_id
            and lot_stocks.storage_band_id = sensor_since.storage_band_id
            and lot_stocks.received_date > sensor_since.came_after_date
            and lot_stocks.received_date <= sensor_since.came_until_date
    cross join storage_policy
    group by lot_stocks.sku_id, lot_stocks.location_id, lot_stocks.lot_code
)

select * from final
