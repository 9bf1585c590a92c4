-- The owned ledger at the cut-off by status; what is available in name and past its lot's expiry date is expired.
with positions as (
    select * from {{ ref('fct_stock_position') }}
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

held as (
    select
        positions.sku_id,
        positions.location_id,
        positions.on_hand_qty,
        case
            when positions.stock_status = 'available' and lots.expiry_date < cutoff.as_of_date then 'expired'
            else positions.stock_status
        end as stock_state
    from positions
    inner join cutoff
        on
            positions.valid_from <= cutoff.as_of_at
            and positions.valid_to > cutoff.as_of_at
    inner join locations
        on
            positions.location_id = locations.location_id
            and positions.owner_code = locations.division_code
    left join lots
        on
            positions.sku_id = lots.sku_id
            and positions.location_id = lots.location_id
            and positions.lot_code = lots.lot_code
),

final as (
    select
        sku_id,
        location_id,
        {%- for state in ['available', 'reserved', 'quarantine', 'damaged', 'expired'] %}
        cast(coalesce(sum(on_hand_qty) filter (where stock_state = '{{ state }}'), 0) as decimal(18, 4))
            as {{ state }}_qty,
        {%- endfor %}
        cast(sum(on_hand_qty) as decimal(18, 4)) as on_hand_qty
    from held
    group by sku_id, location_id
)

select * from final
