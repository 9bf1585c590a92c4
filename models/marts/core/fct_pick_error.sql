with pick_errors as (
    select * from {{ ref('stg_unified__pick_error') }}
    where quarantine_rule is null
),

final as (
    select
        site_code || '/' || error_id as pick_error_id,
        sku_id,
        location_id,
        order_number,
        line_number,
        coalesce(bin_code, '-') as bin_code,
        error_type,
        short_qty,
        found_bin_code,
        occurred_at,
        occurred_date,
        found_at
    from pick_errors
)

select * from final
