-- What each promotion of a SKU at a location really lifted, what it took from others and from the days after.
with promotions as (
    select * from {{ ref('fct_promotion') }}
),

effects as (
    select * from {{ ref('int_lead__promotion_effect') }}
),

lifts as (
    select * from {{ ref('int_lead__promotion_lift') }}
),

pools as (
    select * from {{ ref('int_lead__promotion_pool') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

promotion_policy as (
    {{ policy_as_of(['promotion_confidence', 'promotion_shrinkage'], over='cutoff', as_of='as_of_date') }}
),

bounds as (
    select
        promotion_shrinkage,
        {{ kpi_normal_quantile('upper_probability') }} as deviate
    from (
        select
            promotion_shrinkage,
            {{ divide('1 + promotion_confidence', 2) }} as upper_probability
        from promotion_policy
    ) as confident
),

final as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        promotions.location_id,
        effects.category,
        promotions.mechanic,
        promotions.discount_ratio,
        promotions.start_date,
        promotions.end_date,
        promotions.planned_uplift_ratio,
        coalesce(effects.run_day_count, 0) as run_day_count,
        coalesce(effects.empty_day_count, 0) as empty_day_count,
        coalesce(effects.is_overlapping, false) as is_overlapping,
        effects.run_sold_qty as promotion_qty,
        case when effects.run_least_point_count > 0 then effects.run_baseline_qty end as baseline_qty,
        lifts.uplift_ratio,
        lifts.uplift_error_ratio,
        cast(lifts.uplift_ratio - bounds.deviate * lifts.uplift_error_ratio as decimal(24, 6)) as uplift_low_ratio,
        cast(lifts.uplift_ratio + bounds.deviate * lifts.uplift_error_ratio as decimal(24, 6)) as uplift_high_ratio,
        pools.promotion_count as pool_promotion_count,
        pools.pool_uplift_ratio,
        case
            when lifts.uplift_reason is null then {{ kpi_shrunk(
                'lifts.uplift_ratio', 'effects.run_day_count', 'pools.pool_uplift_ratio', 'bounds.promotion_shrinkage'
            ) }}
        end as shrunk_uplift_ratio,
        case when promotions.is_cancelled then 'cancelled' else lifts.uplift_reason end as uplift_reason,
        cast(lifts.measured_sold_qty - lifts.measured_baseline_qty as decimal(24, 6)) as incremental_qty,
        {{ kpi_incremental_share_ratio('lifts.measured_sold_qty', 'lifts.measured_baseline_qty') }}
            as incremental_share_ratio,
        {%- set taken = kpi_cannibalised_qty('effects.run_others_baseline_qty', 'effects.run_others_sold_qty') %}
        case when lifts.uplift_reason is null then {{ taken }} end as cannibalised_qty,
        {%- for name, sign in [('low', '-'), ('high', '+')] %}
        case
            when lifts.uplift_reason is null
                then cast({{ taken }} {{ sign }} bounds.deviate * effects.run_others_error_qty as decimal(24, 6))
        end as cannibalised_{{ name }}_qty,
        {%- endfor %}
        case
            when lifts.uplift_reason is null and effects.is_dip_over
                then {{ kpi_cannibalised_qty('effects.dip_baseline_qty', 'effects.dip_sold_qty') }}
        end as pull_forward_qty
    from promotions
    cross join bounds
    left join effects
        on
            promotions.division_code = effects.division_code
            and promotions.promotion_code = effects.promotion_code
            and promotions.sku_id = effects.sku_id
            and promotions.location_id = effects.location_id
    left join lifts
        on
            promotions.division_code = lifts.division_code
            and promotions.promotion_code = lifts.promotion_code
            and promotions.sku_id = lifts.sku_id
            and promotions.location_id = lifts.location_id
    left join pools
        on coalesce(effects.category, '-') = pools.category and promotions.mechanic = pools.mechanic
)

select * from final
