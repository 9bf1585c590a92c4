-- Every scope a flag rolls up to: those of its stock record, and the ABC class of the SKU.
with stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type in ('company', 'division', 'location', 'category')
),

stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

final as (
    select
        sku_id,
        location_id,
        scope_type,
        scope_id
    from stock_scopes

    union all

    select
        sku_id,
        location_id,
        'abc_class' as scope_type,
        abc_class as scope_id
    from stock_records
)

select * from final
