with deltas as (
    select * from {{ ref('int_visibility__balance_delta') }}
),

break_classes as (
    select * from {{ ref('int_visibility__break_class') }}
),

final as (
    select
        deltas.sku_id,
        deltas.location_id,
        deltas.cut_off_at,
        deltas.as_of_at,
        deltas.bin_as_of_at,
        deltas.erp_on_hand_qty,
        deltas.ledger_on_hand_qty,
        deltas.bin_on_hand_qty,
        deltas.delta_qty,
        deltas.bin_delta_qty,
        deltas.tolerance_qty,
        deltas.is_matched,
        deltas.side_alone,
        coalesce(break_classes.break_class, 'matched') as break_class,
        break_classes.explained_qty,
        break_classes.evidence,
        coalesce(break_classes.is_unconfirmed, false) as is_unconfirmed,
        deltas.delta_amount,
        abs(deltas.delta_amount) as gross_amount,
        deltas.book_amount,
        deltas.currency,
        break_classes.break_age_days
    from deltas
    left join break_classes
        on
            deltas.sku_id = break_classes.sku_id
            and deltas.location_id = break_classes.location_id
            and deltas.cut_off_at = break_classes.cut_off_at
)

select * from final
