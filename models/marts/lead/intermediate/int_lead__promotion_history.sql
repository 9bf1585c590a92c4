-- What earlier promotions of a SKU at a location lifted together.
with lifts as (
    select * from {{ ref('int_lead__promotion_lift') }}
    where uplift_reason is null
),

final as (
    select
        sku_id,
        location_id,
        cast(count(*) as integer) as promotion_count,
        cast(sum(run_day_count) as integer) as promotion_day_count,
        {{ kpi_uplift_ratio('sum(measured_sold_qty)', 'sum(measured_baseline_qty)') }} as own_uplift_ratio
    from lifts
    group by sku_id, location_id
)

select * from final
