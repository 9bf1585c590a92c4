-- Goods of another owner that one side counts as our own: the ERP what lies here on consignment, or the ledger what the ERP
-- keeps apart.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
),

positions as (
    select * from {{ ref('fct_stock_position') }}
),

balances as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'erp' and not is_owned
),

foreign_stock as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        -sum(positions.on_hand_qty) as foreign_qty,
        'the ERP counts as our own what belongs to ' || min(positions.owner_code) as evidence
    from breaks
    inner join positions
        on
            breaks.sku_id = positions.sku_id
            and breaks.location_id = positions.location_id
            and breaks.division_code <> positions.owner_code
            and breaks.as_of_at >= positions.valid_from
            and breaks.as_of_at < positions.valid_to
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at

    union all

    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        sum(balances.on_hand_qty) as foreign_qty,
        'the ledger counts as our own what by the ERP belongs to ' || min(balances.owner_code) as evidence
    from breaks
    inner join balances
        on
            breaks.sku_id = balances.sku_id
            and breaks.location_id = balances.location_id
            and breaks.cut_off_at = balances.cut_off_at
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at
),

final as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty as explained_qty,
        min(foreign_stock.evidence || ': ' || abs(foreign_stock.foreign_qty)) as evidence
    from breaks
    inner join foreign_stock using (sku_id, location_id, cut_off_at)
    where breaks.delta_qty = foreign_stock.foreign_qty and foreign_stock.foreign_qty <> 0
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at, breaks.delta_qty
)

select * from final
