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
    {{ latest_extracts('receipts', ['division_code', 'receipt_number']) }}
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
        {{ base_quantity('ranked.received_qty') }} as received_qty,
        {{ base_quantity('coalesce(ranked.rejected_qty, 0)') }} as rejected_qty,
        ranked.received_at,
        {{ business_date('ranked.received_at', "coalesce(locations.time_zone, 'UTC')") }} as received_date,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_location('ranked') }}
    {{ join_item_units('ranked', 'ranked.division_code', at='ranked.received_at') }}
)

select * from final
