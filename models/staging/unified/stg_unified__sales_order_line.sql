-- What customers ordered, in base units, served or not. The day is the business day of the location that is to ship.
with order_lines as (
    select * from {{ ref('stg_erp__sales_order_lines') }}
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
    {{ superseded_rows(ref('stg_erp__sales_order_lines'), ['division_code', 'order_number', 'line_number']) }}
),

final as (
    select
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.customer_code,
        order_lines.item_code,
        crosswalk.sku_id,
        locations.location_id,
        order_lines.channel,
        {{ base_quantity('order_lines.ordered_qty') }} as ordered_qty,
        {{ product('order_lines.ordered_qty', 'order_lines.unit_price_amount', 6, 18) }}
            as source_ordered_amount,
        order_lines.currency,
        order_lines.promotion_code,
        coalesce(order_lines.order_status, 'open') as order_line_status,
        order_lines.ordered_at,
        {{ local_business_date('order_lines.ordered_at', 'locations.time_zone') }} as ordered_date,
        cast(
            date_trunc(
                'month',
                {{ local_business_date('order_lines.ordered_at', 'locations.time_zone') }}
            ) as date
        ) as month_start_date,
        order_lines.requested_date,
        order_lines.promised_date,
        order_lines.cancelled_at,
        order_lines.cancel_reason,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('order_lines') }}
    from order_lines
    left join superseded
        on
            order_lines._meta_file = superseded._meta_file
            and order_lines._meta_row = superseded._meta_row
    {{ join_location('order_lines') }}
    {{ join_local_day('order_lines.ordered_at', 'locations.time_zone') }}
    {{ join_item_units('order_lines', 'order_lines.division_code', at='order_lines.ordered_at') }}
    where superseded._meta_row is null
)

select * from final
