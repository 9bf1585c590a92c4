with source as (
    select * from {{ source('erp', 'items') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        description,
        category,
        subcategory,
        brand,
        base_uom,
        gtin,
        mpn,
        status,
        is_key,
        launch_date,
        end_of_life_date,
        superseded_by,
        shelf_life_days,
        list_price as list_price_amount,
        currency,
        updated_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
