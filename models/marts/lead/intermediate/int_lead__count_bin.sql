-- Where the WMS says that a record lies, bin by bin at its last cut-off; empty bins are left out.
with positions as (
    select * from {{ ref('fct_bin_position') }}
),

latest as (
    select
        location_id,
        max(cut_off_at) as cut_off_at
    from positions
    group by location_id
),

final as (
    select
        positions.sku_id,
        positions.location_id,
        positions.bin_code,
        cast(sum(positions.on_hand_qty) as decimal(18, 4)) as bin_qty
    from positions
    inner join latest on positions.location_id = latest.location_id and positions.cut_off_at = latest.cut_off_at
    group by positions.sku_id, positions.location_id, positions.bin_code
    having sum(positions.on_hand_qty) <> 0
)

select * from final
