with skus as (
    select * from {{ ref('stg_unified__sku') }}
),

final as (
    select
        sku_id,
        global_gtin14 as gtin14,
        description as sku_description,
        category,
        subcategory,
        brand,
        base_uom_code,
        status as sku_status,
        is_key,
        launch_date,
        end_of_life_date,
        shelf_life_days,
        source_record_count,
        division_count
    from skus
)

select * from final
