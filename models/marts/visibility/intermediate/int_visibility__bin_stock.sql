-- What lies in each bin by the last word of its site's WMS, beside what the list of bins says of the bin.
with positions as (
    select * from {{ ref('fct_bin_position') }}
),

bins as (
    select * from {{ ref('dim_bin') }}
),

lots as (
    select * from {{ ref('dim_lot') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

last_cut_offs as (
    select
        positions.location_id,
        max(positions.cut_off_at) as cut_off_at
    from positions
    inner join cutoff on positions.cut_off_at <= cutoff.as_of_at
    group by positions.location_id
),

-- A site that sends no list of bins cannot be told that one is missing in it.
listed_locations as (
    select distinct location_id from bins
),

final as (
    select
        positions.sku_id,
        positions.location_id,
        positions.bin_code,
        positions.cut_off_at,
        coalesce(bins.zone_type, '-') as zone_type,
        listed_locations.location_id is not null and not coalesce(bins.is_current, false) as is_unknown,
        coalesce(bins.bin_status = 'closed', false) as is_closed,
        bins.capacity_qty,
        cast(sum(positions.on_hand_qty) as decimal(18, 4)) as on_hand_qty,
        cast(
            coalesce(
                sum(positions.on_hand_qty) filter (
                    where positions.stock_status = 'available'
                    and lots.expiry_date < {{ business_date('positions.cut_off_at', 'locations.time_zone') }}
                ),
                0
            ) as decimal(18, 4)
        ) as expired_qty
    from positions
    inner join last_cut_offs
        on
            positions.location_id = last_cut_offs.location_id
            and positions.cut_off_at = last_cut_offs.cut_off_at
    inner join locations on positions.location_id = locations.location_id
    left join listed_locations on positions.location_id = listed_locations.location_id
    left join bins
        on
            positions.location_id = bins.location_id
            and positions.bin_code = bins.bin_code
    left join lots
        on
            positions.sku_id = lots.sku_id
            and positions.location_id = lots.location_id
            and positions.lot_code = lots.lot_code
    group by
        positions.sku_id,
        positions.location_id,
        positions.bin_code,
        positions.cut_off_at,
        bins.zone_type,
        bins.is_current,
        bins.bin_status,
        bins.capacity_qty,
        listed_locations.location_id
)

select * from final
