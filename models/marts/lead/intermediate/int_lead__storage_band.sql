-- The bounds that goods of a class of storage must be kept in: one band for all goods that share them.
with handlings as (
    select * from {{ ref('dim_sku_handling') }}
    where storage_class is not null
),

final as (
    select distinct
        {{ storage_band_id() }} as storage_band_id,
        storage_class,
        storage_min_celsius,
        storage_max_celsius,
        storage_min_humidity_pct,
        storage_max_humidity_pct,
        reference_storage_celsius
    from handlings
)

select * from final
