-- Days of life that each lot has left, by its label and by what it went through.
with lot_stocks as (
    select * from {{ ref('int_lead__lot_stock') }}
),

conditions as (
    select * from {{ ref('int_lead__lot_condition') }}
),

judged as (
    select
        lot_stocks.*,
        coalesce(conditions.sensor_count, 0) as sensor_count,
        conditions.mkt_celsius,
        conditions.least_celsius,
        conditions.extra_age_days,
        conditions.unsafe_days,
        conditions.known_ratio,
        lot_stocks.is_freeze_sensitive and coalesce(conditions.least_celsius < 0, false) as was_frozen
    from lot_stocks
    left join conditions using (sku_id, location_id, lot_code)
),

final as (
    select
        *,
        {{ kpi_remaining_life_days('label_day_count', 'extra_age_days', 'was_frozen') }} as remaining_days
    from judged
)

select * from final
