with order_stages as (
    select * from {{ ref('stg_wms__order_stages') }}
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

local_days as (
    select * from {{ ref('stg_unified__local_day') }}
),

superseded as (
    {{ superseded_rows(ref('stg_wms__order_stages'), ['site_code', 'order_number', 'line_number', 'order_stage']) }}
),

final as (
    select
        order_stages.site_code,
        order_stages.order_number,
        order_stages.line_number,
        order_stages.order_stage,
        order_stages.item_code,
        crosswalk.sku_id,
        locations.location_id,
        {{ base_quantity('order_stages.stage_qty') }} as stage_qty,
        order_stages.bin_code,
        order_stages.shipment_number,
        order_stages.occurred_at,
        {{ local_business_date('order_stages.occurred_at', 'locations.time_zone') }} as occurred_date,
        order_stages.device_id,
        -- A stage may come without item and quantity: it is still a moment of its order line.
        case
            when locations.location_id is null then 'unknown_location'
            when order_stages.item_code is not null and crosswalk.sku_id is null then 'unknown_item'
            when order_stages.stage_qty <> 0 and uom_factors.factor_to_base is null then 'unknown_uom'
        end as quarantine_rule,
        {{ lineage_columns('order_stages') }}
    from order_stages
    left join superseded
        on
            order_stages._meta_file = superseded._meta_file
            and order_stages._meta_row = superseded._meta_row
    left join locations on order_stages.site_code = locations.site_code
    {{ join_local_day('order_stages.occurred_at', 'locations.time_zone') }}
    {{ join_item_units('order_stages', 'locations.division_code', at='order_stages.occurred_at') }}
    where superseded._meta_row is null
)

select * from final
