-- What each 3PL says it holds, in base units and in the shape of a balance.
with advice_lines as (
    select * from {{ ref('stg_unified__tpl_advice_line') }}
),

tpl_items as (
    select * from {{ ref('stg_unified__tpl_item') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

tpl_codes as (
    {{ known_tpl_codes() }}
),

{% set base_qty = base_quantity('advice_lines.on_hand_qty', 'tpl_items.factor_to_base') %}

final as (
    select
        advice_lines.provider_code,
        advice_lines.advice_id,
        advice_lines.line_number,
        advice_lines.is_superseded,
        case when not advice_lines.is_superseded then {{ unknown_tpl_member_rule() }} end as quarantine_rule,
        locations.location_id,
        locations.division_code,
        advice_lines.provider_item_code as item_code,
        tpl_items.sku_id,
        coalesce(advice_lines.owner_code, locations.division_code) as owner_code,
        advice_lines.as_of_at as cut_off_at,
        advice_lines.as_of_at,
        {{ base_qty }} as on_hand_qty,
        {%- for status in ['reserved', 'quarantine'] %}
        cast(case when advice_lines.stock_status = '{{ status }}' then {{ base_qty }} else 0 end as decimal(18, 4))
            as {{ status }}_qty,
        {%- endfor %}
        cast(null as decimal(18, 4)) as in_transit_qty,
        {{ lineage_columns('advice_lines') }}
    from advice_lines
    {{ join_tpl_items('advice_lines') }}
)

select * from final
