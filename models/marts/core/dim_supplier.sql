with suppliers as (
    select * from {{ ref('stg_unified__supplier') }}
),

final as (
    select
        supplier_id,
        division_code,
        supplier_code,
        supplier_name,
        country
    from suppliers
)

select * from final
