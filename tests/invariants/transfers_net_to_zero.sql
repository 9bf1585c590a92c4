-- I1 over transfers: once both legs have arrived they cancel. A transfer with one leg is in transit and no error here.
with legs as (
    select
        transfer_id,
        sku_id,
        sum(movement_qty) as net_qty,
        count(*) filter (where movement_qty > 0) as in_leg_count,
        count(*) filter (where movement_qty < 0) as out_leg_count
    from {{ ref('fct_stock_movement') }}
    where transfer_id is not null and is_current_version
    group by transfer_id, sku_id
),

final as (
    select * from legs
    where in_leg_count > 0 and out_leg_count > 0 and net_qty <> 0
)

select * from final
