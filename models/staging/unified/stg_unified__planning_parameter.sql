-- What the ERP plans replenishment with, in base units, step by step.
with parameters as (
    select * from {{ ref('stg_erp__planning_parameters') }}
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
    {{ latest_extracts('parameters', ['division_code', 'item_code', 'location_code', 'valid_from_date']) }}
),

final as (
    select
        ranked.division_code,
        ranked.item_code,
        crosswalk.sku_id,
        ranked.location_code,
        locations.location_id,
        ranked.valid_from_date,
        {{ base_quantity('ranked.reorder_point_qty') }} as reorder_point_qty,
        {{ base_quantity('ranked.safety_stock_qty') }} as safety_stock_qty,
        {{ base_quantity('ranked.order_qty') }} as order_qty,
        cast(coalesce(ranked.review_days, 0) as decimal(9, 2)) as review_days,
        ranked.service_level_ratio,
        coalesce(ranked.set_by, 'system') as set_by,
        ranked.override_reason,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_location('ranked') }}
    {{ join_item_units('ranked', 'ranked.division_code') }}
)

select * from final
