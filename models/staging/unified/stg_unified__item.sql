-- What each code stands for now. Its history is stg_unified__item_version, its former goods stg_unified__item_standard.
with items as (
    select * from {{ ref('stg_unified__item_standard') }}
    where is_current
),

final as (
    select
        division_code,
        item_code,
        description,
        standard_category as category,
        category_word,
        is_category_mapped,
        {{ normalised_text('subcategory') }} as subcategory,
        standard_brand as brand,
        is_brand_mapped,
        base_uom_code,
        is_base_uom_known,
        uom_class,
        gtin,
        global_gtin14,
        gtin_status,
        mpn_key,
        brand_mpn_key,
        standard_status as status,
        is_status_mapped,
        is_key,
        launch_date,
        end_of_life_date,
        superseded_by,
        shelf_life_days,
        storage_class,
        storage_min_celsius,
        storage_max_celsius,
        pack_qty,
        list_price_amount,
        currency,
        updated_at
    from items
)

select * from final
