-- Blocked against free: one side leaves out what is in quarantine or damaged.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
),

positions as (
    select * from {{ ref('fct_stock_position') }}
    where stock_status in ('quarantine', 'damaged')
),

blocked as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        sum(positions.on_hand_qty) as blocked_qty
    from breaks
    inner join positions
        on
            breaks.sku_id = positions.sku_id
            and breaks.location_id = positions.location_id
            and breaks.division_code = positions.owner_code
            and breaks.as_of_at >= positions.valid_from
            and breaks.as_of_at < positions.valid_to
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at
),

final as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty as explained_qty,
        case
            when breaks.delta_qty = blocked.blocked_qty
                then 'the ERP leaves out ' || blocked.blocked_qty || ' that the ledger holds as blocked'
            else 'equals the ' || breaks.erp_quarantine_qty || ' that the ERP holds as blocked'
        end as evidence
    from breaks
    left join blocked using (sku_id, location_id, cut_off_at)
    where
        breaks.delta_qty = blocked.blocked_qty
        or (breaks.erp_quarantine_qty <> 0 and abs(breaks.delta_qty) = breaks.erp_quarantine_qty)
)

select * from final
