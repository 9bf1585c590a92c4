-- What each promotion to come is expected to sell, and the safety stock it asks for: earlier promotions of the SKU
-- there, drawn towards those of its category and mechanic; where there are none, the uplift that was planned.
with promotions as (
    select * from {{ ref('fct_promotion') }}
),

effects as (
    select * from {{ ref('int_lead__promotion_effect') }}
    where start_date > as_of_date
),

histories as (
    select * from {{ ref('int_lead__promotion_history') }}
),

pools as (
    select * from {{ ref('int_lead__promotion_pool') }}
),

outlook_policy as (
    {{ policy_as_of(
        ['promotion_min_points', 'promotion_shrinkage', 'promotion_service_level'], over='effects', as_of='as_of_date'
    ) }}
),

lifted as (
    select
        effects.*,
        outlook_policy.promotion_min_points,
        outlook_policy.promotion_service_level,
        coalesce(
            {{ kpi_shrunk(
                'histories.own_uplift_ratio', 'histories.promotion_day_count', 'pools.pool_uplift_ratio',
                'outlook_policy.promotion_shrinkage'
            ) }},
            promotions.planned_uplift_ratio
        ) as expected_uplift_ratio,
        case
            when histories.own_uplift_ratio is not null then 'own'
            when pools.pool_uplift_ratio is not null then 'pool'
            when promotions.planned_uplift_ratio is not null then 'planned'
        end as uplift_source
    from effects
    inner join outlook_policy on effects.as_of_date = outlook_policy.as_of_date
    inner join promotions
        on
            effects.division_code = promotions.division_code
            and effects.promotion_code = promotions.promotion_code
            and effects.sku_id = promotions.sku_id
            and effects.location_id = promotions.location_id
    left join histories on effects.sku_id = histories.sku_id and effects.location_id = histories.location_id
    left join pools on coalesce(effects.category, '-') = pools.category and effects.mechanic = pools.mechanic
),

reasoned as (
    select
        *,
        case
            when plan_least_point_count < promotion_min_points then 'insufficient_baseline'
            when expected_uplift_ratio is null then 'no_uplift'
        end as prebuild_reason
    from lifted
),

final as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        start_date,
        end_date,
        as_of_date,
        plan_day_count,
        plan_baseline_qty,
        expected_uplift_ratio,
        uplift_source,
        prebuild_reason,
        case
            when prebuild_reason is null
                then {{ product('plan_baseline_qty', '1 + expected_uplift_ratio') }}
        end as promotion_demand_qty,
        case
            when prebuild_reason is null
                then {{ kpi_uniform_ss_qty(
                    kpi_normal_quantile('promotion_service_level'),
                    kpi_sum_error_qty(
                        multiply('usual_variance_ratio', '1 + expected_uplift_ratio'), 'plan_season_days',
                        'plan_spread_days'
                    )
                ) }}
        end as promotion_ss_qty
    from reasoned
)

select * from final
