-- Usable stock that we own at the cut-off by lot, with what its label and its handling say.
with positions as (
    select * from {{ ref('fct_stock_position') }}
    where stock_status in ('available', 'reserved') and lot_code <> '-'
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

lots as (
    select * from {{ ref('dim_lot') }}
),

handlings as (
    select
        *,
        {{ storage_band_id() }} as storage_band_id
    from {{ ref('dim_sku_handling') }}
),

held as (
    select
        positions.sku_id,
        positions.location_id,
        positions.lot_code,
        locations.division_code,
        max(locations.time_zone) as time_zone,
        max(cutoff.as_of_date) as as_of_date,
        cast(sum(positions.on_hand_qty) as decimal(18, 4)) as on_hand_qty
    from positions
    inner join cutoff on positions.valid_from <= cutoff.as_of_at and positions.valid_to > cutoff.as_of_at
    inner join locations
        on positions.location_id = locations.location_id and positions.owner_code = locations.division_code
    group by positions.sku_id, positions.location_id, positions.lot_code, locations.division_code
    having sum(positions.on_hand_qty) <> 0
),

final as (
    select
        held.sku_id,
        held.location_id,
        held.lot_code,
        held.as_of_date,
        held.on_hand_qty,
        lots.expiry_date,
        coalesce({{ business_date('lots.received_at', 'held.time_zone') }}, date '1900-01-01') as received_date,
        {{ days_between('held.as_of_date', 'lots.expiry_date') }} as label_day_count,
        handlings.storage_band_id,
        coalesce(handlings.is_freeze_sensitive, false) as is_freeze_sensitive
    from held
    left join lots using (sku_id, location_id, lot_code)
    left join handlings using (sku_id, division_code)
)

select * from final
