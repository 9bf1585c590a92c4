with receipts as (
    select * from {{ ref('stg_erp__purchase_receipts') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['division_code', 'receipt_number']) }} as recency_rank
    from receipts
),

final as (
    select
        ranked.division_code,
        ranked.receipt_number,
        ranked.order_number,
        ranked.line_number,
        ranked.item_code,
        crosswalk.sku_id,
        locations.location_id,
        cast(ranked.received_qty * uom_factors.factor_to_base as decimal(18, 4)) as received_qty,
        cast(coalesce(ranked.rejected_qty, 0) * uom_factors.factor_to_base as decimal(18, 4)) as rejected_qty,
        ranked.received_at,
        {{ business_date('ranked.received_at', "coalesce(locations.time_zone, 'UTC')") }} as received_date,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        ranked._meta_batch_id,
        ranked._meta_file,
        ranked._meta_row
    from ranked
    left join locations
        on
            ranked.division_code = locations.division_code
            and ranked.location_code = locations.location_code
    {{ join_item_units('ranked', 'ranked.division_code') }}
    where ranked.recency_rank = 1
)

select * from final
