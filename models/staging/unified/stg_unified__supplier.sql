with suppliers as (
    select * from {{ ref('stg_erp__suppliers') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['division_code', 'supplier_code']) }} as recency_rank
    from suppliers
),

final as (
    select
        division_code || '.' || supplier_code as supplier_id,
        division_code,
        supplier_code,
        supplier_name,
        country
    from ranked
    where recency_rank = 1
)

select * from final
