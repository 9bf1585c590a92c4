with bin_balances as (
    select * from {{ ref('stg_unified__bin_balance') }}
    where quarantine_rule is null and not is_superseded
),

final as (
    select
        sku_id,
        location_id,
        division_code,
        bin_code,
        lot_code,
        stock_status,
        owner_code,
        cut_off_at,
        min(as_of_at) as as_of_at,
        cast(sum(on_hand_qty) as decimal(18, 4)) as on_hand_qty,
        owner_code = division_code as is_owned
    from bin_balances
    group by sku_id, location_id, division_code, bin_code, lot_code, stock_status, owner_code, cut_off_at
)

select * from final
