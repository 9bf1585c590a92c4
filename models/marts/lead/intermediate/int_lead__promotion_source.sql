-- Where a promoted record is replenished from, in what quantities, and how long that takes at the 95th percentile: of
-- the supplier's lead times of late, else of its base, else the 90th that planning expects.
with lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

moments as (
    select * from {{ ref('int_lead__lead_time_moment') }}
    where segment_type = 'supplier'
),

locations as (
    select * from {{ ref('dim_location') }}
),

item_suppliers as (
    select * from {{ ref('fct_item_supplier') }}
    where is_chosen
),

final as (
    select
        lead_times.sku_id,
        lead_times.location_id,
        lead_times.supplier_id,
        max(item_suppliers.moq_qty) as moq_qty,
        max(item_suppliers.order_multiple_qty) as order_multiple_qty,
        cast(max(
            coalesce(moments.recent_p95_days, moments.base_p95_days, lead_times.lead_time_p90_days)
        ) as decimal(9, 2)) as lead_time_p95_days
    from lead_times
    inner join locations on lead_times.location_id = locations.location_id
    left join moments
        on lead_times.supplier_id = moments.supplier_id and lead_times.as_of_date = moments.evaluated_date
    left join item_suppliers
        on lead_times.sku_id = item_suppliers.sku_id and locations.division_code = item_suppliers.division_code
    group by lead_times.sku_id, lead_times.location_id, lead_times.supplier_id
)

select * from final
