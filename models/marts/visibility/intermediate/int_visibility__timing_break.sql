-- Breaks that are only a matter of when: the difference equals the movements just before the cut-off that the ERP
-- has not posted yet, or with the opposite sign those just after it that it has posted already. What has not moved
-- since the cut-off before is no matter of hours.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
    where delta_qty <> coalesce(previous_delta_qty, 0)
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_owned
),

break_policy as (
    {{ policy_as_of(['recon_late_window'], over='breaks', as_of='as_of_date') }}
),

window_movements as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty,
        movements.posted_at > breaks.as_of_at as is_after,
        movements.posted_at,
        sum(movements.movement_qty) as moved_qty
    from breaks
    inner join break_policy on breaks.as_of_date = break_policy.as_of_date
    inner join movements
        on
            breaks.sku_id = movements.sku_id
            and breaks.location_id = movements.location_id
            and movements.posted_at > {{ add_hours('breaks.as_of_at', '-break_policy.recon_late_window') }}
            and movements.posted_at <= {{ add_hours('breaks.as_of_at', 'break_policy.recon_late_window') }}
    group by
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty,
        breaks.as_of_at,
        movements.posted_at
),

-- Walking away from the cut-off on either side: the ERP is behind by the last few, or ahead by the first few.
running as (
    select
        *,
        sum(moved_qty) over (
            partition by sku_id, location_id, cut_off_at, is_after
            order by case when is_after then posted_at end asc, case when not is_after then posted_at end desc
        ) as cumulative_qty
    from window_movements
),

final as (
    select
        sku_id,
        location_id,
        cut_off_at,
        delta_qty as explained_qty,
        case
            when bool_or(not is_after) then 'the ERP has not posted the movements since ' || min(posted_at)
            else 'the ERP has posted the movements after the cut-off up to ' || max(posted_at)
        end as evidence
    from running
    where
        (not is_after and cumulative_qty = delta_qty)
        or (is_after and -cumulative_qty = delta_qty)
    group by sku_id, location_id, cut_off_at, delta_qty
)

select * from final
