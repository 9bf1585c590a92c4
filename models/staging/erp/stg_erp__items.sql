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
        eol_announced_on as eol_announced_date,
        last_buy_on as last_buy_date,
        storage_min_c as storage_min_celsius,
        storage_max_c as storage_max_celsius,
        storage_min_humidity_pct,
        storage_max_humidity_pct,
        reference_storage_c as reference_storage_celsius,
        is_freeze_sensitive,
        pack_qty,
        cube_m3,
        weight_kg,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
