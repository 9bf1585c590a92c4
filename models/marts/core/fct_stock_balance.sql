-- Stock as each system says, at each of its cut-offs: never merged, never corrected.
with erp_balances as (
    select * from {{ ref('stg_unified__balance') }}
    where quarantine_rule is null and not is_superseded
),

tpl_balances as (
    select * from {{ ref('stg_unified__tpl_stock_advice') }}
    where quarantine_rule is null and not is_superseded
),

final as (
    {%- for system_code in ['erp', 'tpl'] %}
    select
        '{{ system_code }}' as system_code,
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
    from {{ system_code }}_balances
    group by sku_id, location_id, owner_code, division_code, cut_off_at
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
