with order_lines as (
    select * from {{ ref('stg_erp__purchase_order_lines') }}
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
    {{ latest_extracts('order_lines', ['division_code', 'order_number', 'line_number']) }}
),

final as (
    select
        ranked.division_code,
        ranked.order_number,
        ranked.line_number,
        ranked.item_code,
        crosswalk.sku_id,
        ranked.supplier_code,
        locations.location_id,
        ranked.location_code,
        ranked.created_at,
        ranked.sent_at,
        ranked.confirmed_at,
        ranked.original_promised_date,
        ranked.promised_date,
        ranked.closed_at,
        uom_factors.factor_to_base,
        {{ base_quantity('ranked.ordered_qty') }} as ordered_qty,
        -- The price is per ordering unit; per base unit it is divided by the factor.
        {{ divide('ranked.unit_price_amount', 'uom_factors.factor_to_base') }} as unit_price_amount,
        ranked.currency,
        ranked.status,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_location('ranked') }}
    {{ join_item_units('ranked', 'ranked.division_code', at='ranked.created_at') }}
)

select * from final
