-- Promotions that were meant to run, with the day from which one looks back for what would have been sold without.
with promotions as (
    select * from {{ ref('fct_promotion') }}
    where not is_cancelled
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

promotion_policy as (
    {{ policy_as_of(['promotion_lookback_days', 'promotion_dip_days'], over='cutoff', as_of='as_of_date') }}
),

final as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        promotions.location_id,
        stock_records.category,
        promotions.mechanic,
        promotions.discount_ratio,
        promotions.start_date,
        promotions.end_date,
        {{ add_days('promotions.end_date', 'promotion_policy.promotion_dip_days') }} as dip_end_date,
        cast(least(promotions.start_date, {{ add_days('promotion_policy.as_of_date', 1) }}) as date) as anchor_date,
        cast(greatest(
            {{ add_days(
                'least(promotions.start_date, promotion_policy.as_of_date)', '-promotion_policy.promotion_lookback_days'
            ) }},
            stock_records.first_event_date
        ) as date) as look_from_date,
        promotion_policy.as_of_date
    from promotions
    cross join promotion_policy
    left join stock_records
        on promotions.sku_id = stock_records.sku_id and promotions.location_id = stock_records.location_id
)

select * from final
