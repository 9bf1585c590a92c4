-- Whom an item can be bought from, in base units. A missing unit of measure of the terms holds the row back.
with item_suppliers as (
    select * from {{ ref('stg_erp__item_suppliers') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

suppliers as (
    select * from {{ ref('stg_unified__supplier') }}
),

ranked as (
    {{ latest_extracts('item_suppliers', ['division_code', 'item_code', 'supplier_code']) }}
),

final as (
    select
        ranked.division_code,
        ranked.item_code,
        crosswalk.sku_id,
        ranked.supplier_code,
        suppliers.supplier_id,
        coalesce(ranked.is_preferred, false) as is_preferred,
        {{ base_quantity('ranked.moq_qty') }} as moq_qty,
        {{ base_quantity('ranked.order_multiple_qty') }} as order_multiple_qty,
        cast(ranked.planned_lead_time_days as decimal(9, 2)) as planned_lead_time_days,
        -- The price is per ordering unit; per base unit it is divided by the factor.
        {{ divide('ranked.unit_price_amount', 'uom_factors.factor_to_base') }} as unit_price_amount,
        cast(ranked.order_cost_amount as decimal(18, 6)) as order_cost_amount,
        ranked.currency,
        case
            when suppliers.supplier_id is null then 'unknown_supplier'
            when crosswalk.sku_id is null then 'unknown_item'
            when uom_factors.factor_to_base is null then 'unknown_uom'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join suppliers
        on
            ranked.division_code = suppliers.division_code
            and ranked.supplier_code = suppliers.supplier_code
    {{ join_item_units('ranked', 'ranked.division_code') }}
)

select * from final
