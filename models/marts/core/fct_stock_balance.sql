-- Stock as each system says, at each of its cut-offs: never merged, never corrected. One branch per system.
with erp_balances as (
    select * from {{ ref('stg_unified__balance') }}
    where quarantine_rule is null and not is_superseded
),

bin_positions as (
    select * from {{ ref('fct_bin_position') }}
),

final as (
    select
        'erp' as system_code,
        sku_id,
        location_id,
        owner_code,
        division_code,
        cut_off_at,
        min(as_of_at) as as_of_at,
        {%- for column in ['on_hand_qty', 'reserved_qty', 'in_transit_qty', 'quarantine_qty'] %}
        cast(sum({{ column }}) as decimal(18, 4)) as {{ column }},
        {%- endfor %}
        owner_code = division_code as is_owned
    from erp_balances
    group by sku_id, location_id, owner_code, division_code, cut_off_at

    union all

    select
        'wms' as system_code,
        sku_id,
        location_id,
        owner_code,
        division_code,
        cut_off_at,
        min(as_of_at) as as_of_at,
        cast(sum(on_hand_qty) as decimal(18, 4)) as on_hand_qty,
        cast(coalesce(sum(on_hand_qty) filter (where stock_status = 'reserved'), 0) as decimal(18, 4))
            as reserved_qty,
        cast(null as decimal(18, 4)) as in_transit_qty,
        cast(coalesce(sum(on_hand_qty) filter (where stock_status in ('quarantine', 'damaged')), 0) as decimal(18, 4))
            as quarantine_qty,
        is_owned
    from bin_positions
    group by sku_id, location_id, owner_code, division_code, cut_off_at, is_owned
)

select * from final
