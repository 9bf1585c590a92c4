-- Stock as each system says, at each of its cut-offs: never merged, never corrected.
with balances as (
    select * from {{ ref('stg_unified__balance') }}
    where quarantine_rule is null and not is_superseded
),

tpl_advices as (
    select * from {{ ref('stg_unified__tpl_stock_advice') }}
    where quarantine_rule is null and not is_superseded
),

said as (
    select
        'erp' as system_code,
        sku_id,
        location_id,
        owner_code,
        division_code,
        cut_off_at,
        as_of_at,
        on_hand_qty,
        reserved_qty,
        in_transit_qty,
        quarantine_qty
    from balances

    union all

    select
        'tpl' as system_code,
        sku_id,
        location_id,
        owner_code,
        division_code,
        as_of_at as cut_off_at,
        as_of_at,
        on_hand_qty,
        case when stock_status = 'reserved' then on_hand_qty else 0 end as reserved_qty,
        cast(null as decimal(18, 4)) as in_transit_qty,
        case when stock_status = 'quarantine' then on_hand_qty else 0 end as quarantine_qty
    from tpl_advices
),

final as (
    select
        system_code,
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
    from said
    group by system_code, sku_id, location_id, owner_code, division_code, cut_off_at
)

select * from final
