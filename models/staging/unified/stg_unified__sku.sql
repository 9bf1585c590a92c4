with items as (
    select * from {{ ref('stg_unified__item') }}
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
),

source_records as (
    select
        sku_id,
        count(*) as source_record_count,
        count(distinct division_code) as division_count,
        bool_or(is_key) as is_key,
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
        ranked.category,
        ranked.subcategory,
        ranked.brand,
        ranked.base_uom_code,
        ranked.status,
        source_records.is_key,
        source_records.launch_date,
        source_records.end_of_life_date,
        ranked.shelf_life_days,
        source_records.source_record_count,
        source_records.division_count
    from ranked
    inner join source_records on ranked.sku_id = source_records.sku_id
    where ranked.precedence_rank = 1
)

select * from final
