-- Goods on their way that the ERP counts as on hand: at the site they left, or at the one they go to.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
),

transfers as (
    select * from {{ ref('fct_transfer') }}
),

transfer_policy as (
    {{ policy_as_of(['transfer_overdue_hours'], over='breaks', as_of='as_of_date') }}
),

-- Under way at the cut-off, and not for so long that the other leg must be missing.
open_transfers as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        case when breaks.location_id = transfers.from_location_id then 'out of here' else 'hither' end as direction,
        sum(transfers.shipped_qty) as open_qty,
        count(*) as transfer_count,
        min(transfers.transfer_id) as first_transfer_id
    from breaks
    inner join transfer_policy on breaks.as_of_date = transfer_policy.as_of_date
    inner join transfers
        on
            breaks.sku_id = transfers.sku_id
            and breaks.location_id in (transfers.from_location_id, transfers.to_location_id)
            and breaks.as_of_at >= transfers.shipped_at
            and breaks.as_of_at < coalesce(transfers.received_at, timestamp '9999-12-31 00:00:00')
            and transfers.shipped_at > {{ add_hours('breaks.as_of_at', '-transfer_policy.transfer_overdue_hours') }}
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at, direction
),

candidates as (
    select
        breaks.*,
        'the ERP counts its in-transit quantity of ' || breaks.erp_in_transit_qty || ' as on hand too' as evidence
    from breaks
    where breaks.erp_in_transit_qty <> 0 and -breaks.delta_qty = breaks.erp_in_transit_qty

    union all

    select
        breaks.*,
        'the ERP counts ' || open_transfers.open_qty || ' on their way ' || open_transfers.direction || ' as on hand: '
        || open_transfers.transfer_count || ' transfers, first ' || open_transfers.first_transfer_id as evidence
    from breaks
    inner join open_transfers using (sku_id, location_id, cut_off_at)
    where -breaks.delta_qty = open_transfers.open_qty
),

final as (
    select
        sku_id,
        location_id,
        cut_off_at,
        delta_qty as explained_qty,
        min(evidence) as evidence
    from candidates
    group by sku_id, location_id, cut_off_at, delta_qty
)

select * from final
