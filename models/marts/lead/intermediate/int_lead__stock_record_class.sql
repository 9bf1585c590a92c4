-- Every stock record with the ABC class that governs it now, - without one.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

governing_classes as (
    select * from {{ ref('fct_governing_class') }}
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        coalesce(governing_classes.abc_class, '-') as abc_class
    from stock_records
    left join governing_classes
        on
            stock_records.company_code = governing_classes.company_code
            and stock_records.sku_id = governing_classes.sku_id
)

select * from final
