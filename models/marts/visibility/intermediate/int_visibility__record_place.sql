-- Where the stock of a record lies and may not: the units of each fault, 0 where there is none, over the bins of its
-- site.
with bin_stock as (
    select * from {{ ref('int_visibility__bin_stock') }}
),

final as (
    select
        sku_id,
        location_id,
        max(cut_off_at) as bins_as_of_at,
        {%- set faults = {
            'closed_bin_qty': 'case when is_closed then greatest(on_hand_qty, 0) else 0 end',
            'unknown_bin_qty': 'case when is_unknown then greatest(on_hand_qty, 0) else 0 end',
            'over_capacity_qty': 'greatest(on_hand_qty - coalesce(capacity_qty, on_hand_qty), 0)',
            'expired_bin_qty': 'greatest(expired_qty, 0)',
        } %}
        {%- for fault, qty in faults.items() %}
        cast(sum({{ qty }}) as decimal(18, 4)) as {{ fault }},
        {%- endfor %}
        -- What one bin lacks and others hold too much of: the goods are there and their places are wrong.
        cast(
            least(sum(greatest(-on_hand_qty, 0)), sum(greatest(on_hand_qty, 0))) as decimal(18, 4)
        ) as opposite_bin_qty
    from bin_stock
    group by sku_id, location_id
)

select * from final
