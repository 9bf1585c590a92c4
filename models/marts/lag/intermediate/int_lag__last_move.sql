-- When the goods of each stock record last came or went, and were last asked for. Counts, changes of status and
-- reversals move nothing.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where
        is_owned
        and is_current_version
        and event_type not in ('reversal', 'status_change')
        and movement_type <> 'adjustment'
),

final as (
    select
        sku_id,
        location_id,
        max(event_date) as last_move_date,
        max(event_date) filter (where is_demand) as last_demand_date
    from movements
    group by sku_id, location_id
)

select * from final
