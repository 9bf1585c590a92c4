-- The layers of a stock add up to what is on hand at the cut-off, negative as nil, and each is quantity x cost. A row
-- means that a receipt was counted twice or lost between the ledger and the layers.
with on_hand as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        greatest(on_hand.on_hand_qty, 0) as on_hand_qty
    from {{ ref('fct_stock_on_hand') }} as on_hand
    inner join {{ ref('dim_cutoff') }} as cutoff
        on
            on_hand.valid_from <= cutoff.as_of_at
            and on_hand.valid_to > cutoff.as_of_at
),

layers as (
    select
        sku_id,
        location_id,
        sum(layer_qty) as layer_qty,
        min(layer_qty) as smallest_qty,
        count(*) filter (
            where abs(layer_amount - layer_qty * unit_cost_amount) > 0.0001
            or (layer_amount is null) <> (unit_cost_amount is null)
        ) as wrong_amount_count
    from {{ ref('fct_cost_layer') }}
    group by sku_id, location_id
),

final as (
    select
        coalesce(on_hand.sku_id, layers.sku_id) as sku_id,
        coalesce(on_hand.location_id, layers.location_id) as location_id,
        on_hand.on_hand_qty,
        layers.layer_qty
    from on_hand
    full outer join layers
        on
            on_hand.sku_id = layers.sku_id
            and on_hand.location_id = layers.location_id
    where
        coalesce(on_hand.on_hand_qty, 0) <> coalesce(layers.layer_qty, 0)
        or layers.smallest_qty <= 0
        or layers.wrong_amount_count > 0
)

select * from final
