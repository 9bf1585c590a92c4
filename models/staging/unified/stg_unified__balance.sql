with balances as (
    select * from {{ ref('stg_erp__inventory_balances') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

-- A batch speaks of one cut-off per location: the latest as_of in it. A row with an older as_of is a stale record.
cut_offs as (
    select
        *,
        max(as_of_at) over (partition by division_code, location_code, _meta_batch_id) as cut_off_at
    from balances
),

ranked as (
    select
        *,
        row_number() over (
            partition by division_code, location_code, item_code, owner_code, cut_off_at
            order by _meta_extracted_at desc, as_of_at desc, _meta_batch_id desc, _meta_row desc
        ) as recency_rank
    from cut_offs
),

final as (
    select
        crosswalk.sku_id,
        locations.location_id,
        ranked.division_code,
        ranked.item_code,
        ranked.location_code,
        coalesce(ranked.owner_code, ranked.division_code) as owner_code,
        ranked.cut_off_at,
        ranked.as_of_at,
        case when ranked.recency_rank = 1 then {{ unknown_member_rule('locations.location_id') }} end
            as quarantine_rule,
        ranked.recency_rank > 1 as is_superseded,
        {%- for column in ['on_hand_qty', 'reserved_qty', 'in_transit_qty', 'quarantine_qty'] %}
        {{ base_quantity('ranked.' ~ column) }} as {{ column }},
        {%- endfor %}
        ranked.last_movement_at,
        ranked._meta_batch_id,
        ranked._meta_extracted_at,
        ranked._meta_file,
        ranked._meta_row
    from ranked
    left join locations
        on
            ranked.division_code = locations.division_code
            and ranked.location_code = locations.location_code
    {{ join_item_units('ranked', 'ranked.division_code', at='ranked.as_of_at') }}
)

select * from final
