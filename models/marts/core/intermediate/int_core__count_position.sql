-- What the ledger held just before each count of a whole site: what moves at the very instant of the count, as its own
-- adjustment does, comes after it. Bins are no part of the ledger, so that the count of one bin has no row.
with counts as (
    select * from {{ ref('stg_unified__cycle_count') }}
    where quarantine_rule is null and bin_code is null
),

positions as (
    select * from {{ ref('fct_stock_position') }}
),

final as (
    select
        counts.site_code,
        counts.count_id,
        cast(sum(positions.on_hand_qty) as decimal(18, 4)) as system_qty
    from counts
    inner join positions
        on
            counts.sku_id = positions.sku_id
            and counts.location_id = positions.location_id
            and counts.counted_at > positions.valid_from
            and counts.counted_at <= positions.valid_to
            and counts.lot_code in ('-', positions.lot_code)
    group by counts.site_code, counts.count_id
)

select * from final
