with counts as (
    select * from {{ ref('stg_unified__cycle_count') }}
    where quarantine_rule is null
),

final as (
    select
        site_code || '/' || count_id as cycle_count_id,
        sku_id,
        location_id,
        coalesce(bin_code, '-') as bin_code,
        lot_code,
        book_qty,
        counted_qty,
        cast(counted_qty - book_qty as decimal(18, 4)) as variance_qty,
        counted_at,
        counted_date,
        count_trigger,
        is_blind,
        recount_of,
        root_cause
    from counts
)

select * from final
