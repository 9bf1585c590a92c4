-- Planning parameters as intervals. When several item codes of one SKU are planned at one location, the first code in
-- force speaks (is_leading) and the others stay visible.
with parameters as (
    select * from {{ ref('stg_unified__planning_parameter') }}
    where quarantine_rule is null
),

intervals as (
    select
        *,
        coalesce(
            lead(valid_from_date) over (
                partition by division_code, item_code, location_code order by valid_from_date
            ),
            date '9999-12-31'
        ) as valid_to_date,
        min(item_code) over (partition by sku_id, location_id) as leading_item_code
    from parameters
),

final as (
    select
        sku_id,
        location_id,
        item_code,
        valid_from_date,
        valid_to_date,
        item_code = leading_item_code as is_leading,
        reorder_point_qty,
        safety_stock_qty,
        order_qty,
        review_days,
        service_level_ratio,
        set_by,
        override_reason
    from intervals
)

select * from final
