-- Whom a stock record is bought from: the chosen supplier of its terms, else that of the last line received.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

item_suppliers as (
    select * from {{ ref('fct_item_supplier') }}
    where is_chosen
),

lead_times as (
    select * from {{ ref('int_core__order_lead_time') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

last_suppliers as (
    select
        sku_id,
        location_id,
        {{ value_at_max('supplier_id', "cast(full_receipt_date as string) || '|' || purchase_order_line_id") }}
            as supplier_id
    from lead_times
    group by sku_id, location_id
),

stock_keys as (
    select
        sku_id,
        location_id
    from stock_records

    union

    select
        sku_id,
        location_id
    from last_suppliers
),

final as (
    select
        stock_keys.sku_id,
        stock_keys.location_id,
        locations.division_code || '|' || skus.category as category_pool_id,
        coalesce(item_suppliers.supplier_id, last_suppliers.supplier_id) as supplier_id,
        item_suppliers.planned_lead_time_days
    from stock_keys
    inner join skus on stock_keys.sku_id = skus.sku_id
    inner join locations on stock_keys.location_id = locations.location_id
    left join item_suppliers
        on
            locations.division_code = item_suppliers.division_code
            and stock_keys.sku_id = item_suppliers.sku_id
    left join last_suppliers
        on
            stock_keys.sku_id = last_suppliers.sku_id
            and stock_keys.location_id = last_suppliers.location_id
    where coalesce(item_suppliers.supplier_id, last_suppliers.supplier_id) is not null
)

select * from final
