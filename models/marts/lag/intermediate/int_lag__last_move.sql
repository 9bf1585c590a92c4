-- When each stock record last moved and was last asked for. Counts, changes of status and reversals move no goods.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_owned and movement_type not in ('adjustment', 'status_change', 'reversal')
),

final as (
    select
        sku_id,
        location_id,
        max(posting_date) as last_move_date,
        max(posting_date) filter (where is_demand) as last_demand_date
    from movements
    group by sku_id, location_id
)

select * from final
