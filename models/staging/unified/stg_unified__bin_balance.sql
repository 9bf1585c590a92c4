with bin_balances as (
    select * from {{ ref('stg_wms__bin_balances') }}
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

-- An extract speaks of one moment per site, the latest as_of in it, and lists every bin that holds something.
cut_offs as (
    select
        *,
        max(as_of_at) over (partition by site_code, _meta_batch_id) as cut_off_at
    from bin_balances
),

-- Of two extracts for one moment the later speaks, as a whole: a bin that it does not list is empty.
ranked as (
    select
        *,
        first_value(_meta_batch_id) over (
            partition by site_code, cut_off_at order by _meta_extracted_at desc, _meta_batch_id desc
        ) as speaking_batch_id,
        row_number() over (
            partition by site_code, _meta_batch_id, bin_code, item_code, lot_code, stock_status, owner_code
            order by as_of_at desc, _meta_row desc
        ) as recency_rank
    from cut_offs
),

final as (
    select
        crosswalk.sku_id,
        locations.location_id,
        locations.division_code,
        ranked.site_code,
        ranked.item_code,
        ranked.bin_code,
        coalesce(ranked.lot_code, '-') as lot_code,
        coalesce(ranked.stock_status, 'available') as stock_status,
        coalesce(ranked.owner_code, locations.division_code, '-') as owner_code,
        ranked.cut_off_at,
        ranked.as_of_at,
        case
            when ranked._meta_batch_id = ranked.speaking_batch_id and ranked.recency_rank = 1
                then {{ unknown_member_rule('locations.location_id') }}
        end as quarantine_rule,
        ranked._meta_batch_id <> ranked.speaking_batch_id or ranked.recency_rank > 1 as is_superseded,
        {{ base_quantity('ranked.on_hand_qty') }} as on_hand_qty,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations on ranked.site_code = locations.site_code
    {{ join_item_units('ranked', 'locations.division_code', at='ranked.as_of_at') }}
)

select * from final
