-- The uplift of all measured promotions of a category and a mechanic together.
with lifts as (
    select * from {{ ref('int_lead__promotion_lift') }}
    where uplift_reason is null
),

final as (
    select
        coalesce(category, '-') as category,
        mechanic,
        cast(count(*) as integer) as promotion_count,
        {{ kpi_uplift_ratio('sum(measured_sold_qty)', 'sum(measured_baseline_qty)') }} as pool_uplift_ratio
    from lifts
    group by coalesce(category, '-'), mechanic
)

select * from final
