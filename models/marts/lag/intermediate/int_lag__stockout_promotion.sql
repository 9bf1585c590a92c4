-- The promotion that ran between the order and the first day without stock.
with demands as (
    select * from {{ ref('int_lag__stockout_demand') }}
    where order_placed_date is not null
),

promotions as (
    select * from {{ ref('fct_promotion') }}
    where not is_cancelled
),

final as (
    select
        demands.sku_id,
        demands.location_id,
        demands.stockout_start_date,
        min(promotions.promotion_code) as promotion_code
    from demands
    inner join promotions
        on
            demands.sku_id = promotions.sku_id
            and demands.location_id = promotions.location_id
            and demands.order_placed_date <= promotions.end_date
            and demands.stockout_start_date >= promotions.start_date
    group by demands.sku_id, demands.location_id, demands.stockout_start_date
)

select * from final
