-- An event counted twice by the ERP, where it stands alone: a movement of just this quantity since both sides were
-- equal, or one that the ERP has as first delivered and not as corrected. The quantity alone would be a guess
-- without bins, where as much is blocked, or where a movement of the opposite quantity may as well not have been
-- posted.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
    where side_alone = 'erp'
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_owned and event_type <> 'status_change'
),

corrections as (
    select * from {{ ref('fct_conflicting_delivery') }}
),

status_breaks as (
    select * from {{ ref('int_visibility__status_break') }}
),

candidates as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty,
        1 as precedence,
        'the ERP counts event ' || corrections.event_id || ' as first delivered, not as corrected' as evidence
    from breaks
    inner join corrections
        on
            breaks.sku_id = corrections.sku_id
            and breaks.location_id = corrections.location_id
            and breaks.last_equal_at < corrections.occurred_at
            and breaks.unequal_since_at >= corrections.occurred_at
    where breaks.delta_qty = corrections.movement_qty - corrections.lost_qty

    union all

    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty,
        2 as precedence,
        'the ERP counts a ' || min(movements.event_type) || ' of ' || -breaks.delta_qty || ' twice, for example '
        || min(movements.event_id) as evidence
    from breaks
    inner join movements
        on
            breaks.sku_id = movements.sku_id
            and breaks.location_id = movements.location_id
            and breaks.last_equal_at < movements.posted_at
            and breaks.unequal_since_at >= movements.posted_at
    left join status_breaks
        on
            breaks.sku_id = status_breaks.sku_id
            and breaks.location_id = status_breaks.location_id
            and breaks.cut_off_at = status_breaks.cut_off_at
    where abs(movements.movement_qty) = abs(breaks.delta_qty) and status_breaks.sku_id is null
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at, breaks.delta_qty
    having bool_and(movements.movement_qty = -breaks.delta_qty)
),

ranked as (
    select
        *,
        row_number() over (partition by sku_id, location_id, cut_off_at order by precedence, evidence) as evidence_rank
    from candidates
),

final as (
    select
        sku_id,
        location_id,
        cut_off_at,
        delta_qty as explained_qty,
        evidence
    from ranked
    where evidence_rank = 1
)

select * from final
