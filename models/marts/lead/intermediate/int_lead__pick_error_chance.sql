-- How likely a pick of a SKU from a bin in a week is to go wrong: by the model of its site, or where there are too few
-- errors for one by the rate of its zone on the weeks that are not held out.
with features as (
    select * from {{ ref('int_lead__pick_feature') }}
),

coefficients as (
    select * from {{ ref('int_lead__pick_error_fit') }}
),

{% set names = ['low_rate', 'high_rate', 'neighbour_rate', 'velocity_rate', 'cube_rate', 'density_rate'] %}

site_models as (
    select
        location_id,
        {%- for name in names %}
        max(case when feature = '{{ name }}' then coefficient_rate end) as {{ name }},
        {%- endfor %}
        max(case when feature = 'intercept' then coefficient_rate end) as intercept_rate
    from coefficients
    group by location_id
),

zone_rates as (
    select
        location_id,
        zone,
        cast(sum(trial_count) filter (where not is_holdout) as bigint) as zone_trial_count,
        cast(sum(error_count) filter (where not is_holdout) as bigint) as zone_error_count
    from features
    group by location_id, zone
),

final as (
    select
        features.location_id,
        features.sku_id,
        features.bin_code,
        features.week_start_date,
        features.zone,
        features.is_holdout,
        features.trial_count,
        features.error_count,
        site_models.location_id is not null as is_fitted,
        zone_rates.zone_trial_count,
        zone_rates.zone_error_count,
        case
            when site_models.location_id is not null then {{ kpi_logistic_probability(
                'site_models.intercept_rate + features.low_rate * site_models.low_rate'
                ~ ' + features.high_rate * site_models.high_rate + features.neighbour_rate * site_models.neighbour_rate'
                ~ ' + features.velocity_rate * site_models.velocity_rate + features.cube_rate * site_models.cube_rate'
                ~ ' + features.density_rate * site_models.density_rate'
            ) }}
            else cast(
                {{ kpi_slotting_ratio('zone_rates.zone_error_count', 'zone_rates.zone_trial_count') }} as decimal(18, 6)
            )
        end as error_probability
    from features
    inner join zone_rates using (location_id, zone)
    left join site_models using (location_id)
)

select * from final
