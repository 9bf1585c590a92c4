with items as (
    select * from {{ ref('stg_unified__item_standard') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

ranked as (
    select
        items.*,
        crosswalk.sku_id,
        row_number() over (
            partition by crosswalk.sku_id
            order by
                items.is_current desc,
                case when items.gtin_status = 'valid' then 0 else 1 end,
                items.updated_at desc nulls last,
                items.division_code asc,
                items.item_code asc
        ) as precedence_rank
    from items
    inner join crosswalk
        on
            items.division_code = crosswalk.division_code
            and items.item_code = crosswalk.item_code
            and items.begins_at = crosswalk.valid_from
),

source_records as (
    select
        sku_id,
        count(*) as source_record_count,
        count(distinct division_code) as division_count,
        bool_or(coalesce(is_key, false)) as is_key,
        min(launch_date) as launch_date,
        max(end_of_life_date) as end_of_life_date
    from ranked
    group by sku_id
),

final as (
    select
        ranked.sku_id,
        ranked.global_gtin14,
        ranked.description,
        ranked.standard_category as category,
        {{ normalised_text('ranked.subcategory') }} as subcategory,
        ranked.standard_brand as brand,
        ranked.base_uom_code,
        ranked.standard_status as status,
        source_records.is_key,
        source_records.launch_date,
        source_records.end_of_life_date,
        ranked.shelf_life_days,
        ranked.storage_class,
        source_records.source_record_count,
        source_records.division_count
    from ranked
    inner join source_records on ranked.sku_id = source_records.sku_id
    where ranked.precedence_rank = 1
)

select * from final
