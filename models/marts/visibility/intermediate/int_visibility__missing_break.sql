-- An event that a device counted and nobody delivered, after both sides were equal last and before they were not,
-- where the ledger stands alone; the leg of a transfer of just this quantity says which. Rows that wait in
-- quarantine are not lost.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
    where side_alone in ('ledger', 'unknown')
),

gaps as (
    select * from {{ ref('fct_sequence_gap') }}
),

transfers as (
    select * from {{ ref('fct_transfer') }}
    where missing_leg = 'in'
),

waiting as (
    select * from {{ ref('int_visibility__master_break') }}
    where is_held_back
),

lost as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty,
        breaks.side_alone,
        sum(gaps.missing_event_count) as missing_event_count,
        min(
            'number ' || gaps.first_missing_sequence_no || ' of ' || gaps.device_id
            || coalesce(' refused by ' || gaps.held_back_rule, ' never came')
        ) as evidence
    from breaks
    inner join gaps
        on
            breaks.location_id = gaps.location_id
            and breaks.last_equal_at < gaps.missing_to_at
            and breaks.unequal_since_at >= gaps.missing_from_at
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at, breaks.delta_qty, breaks.side_alone
),

final as (
    select
        lost.sku_id,
        lost.location_id,
        lost.cut_off_at,
        lost.delta_qty as explained_qty,
        lost.evidence
        || case when lost.missing_event_count > 1 then ', one of ' || lost.missing_event_count || ' missing' else '' end
        || case when lost.side_alone = 'unknown' then '; the WMS told no bins' else '' end
        || coalesce('; transfer ' || min(transfers.transfer_id) || ' lacks its leg in', '') as evidence
    from lost
    left join waiting using (sku_id, location_id, cut_off_at)
    left join transfers
        on
            lost.sku_id = transfers.sku_id
            and lost.location_id <> transfers.from_location_id
            and -lost.delta_qty = transfers.in_transit_qty
    where waiting.sku_id is null
    group by
        lost.sku_id,
        lost.location_id,
        lost.cut_off_at,
        lost.delta_qty,
        lost.evidence,
        lost.missing_event_count,
        lost.side_alone
)

select * from final
